import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { FIRST_NODE_PORT } from "../../common/node-ports";
import { workloadOf } from "../../cluster/objects/workload";
import type { Config } from "../../infra/config";
import { serviceArgs, type Prepared } from "../../infra/service-args";
import { ResilientService, type ResilientServiceArgs } from "../../infra/workload";
import { makeNamespace } from "../../infra/workload/namespace";
import { configOf } from "./config";
import { declaredObjects, mockEngine, settled } from "./mock-engine";

/** The arguments of a service for a config and the release `abc`. */
export function argsFor(config: Config = configOf(), prepared: Partial<Prepared> = {}): ResilientServiceArgs {
  const { namespace } = config;
  const release = { release: "abc", image: `${config.name}:abc` };
  const tracks = workloadOf(config).tracks.map((track) => ({ track, ...release }));
  const images = { pullPolicy: "Never" } as const;
  return serviceArgs(config, {
    tracks,
    namespace,
    annotations: {},
    nodePort: config.expose === "NodePort" ? (config.nodePort ?? FIRST_NODE_PORT) : undefined,
    images,
    pullSecret: undefined,
    ...prepared,
  });
}

/** Declares a service, with a mock in place of the engine, and waits until all its objects are declared. */
export async function declareService(
  args: ResilientServiceArgs,
  opts: pulumi.ComponentResourceOptions = {},
): Promise<ResilientService> {
  await mockEngine();
  const provider = new k8s.Provider("here", {});
  const service = new ResilientService("api", args, { provider, ...opts });
  await settled(...service.tracks.map(({ deployment }) => deployment.id), service.service.id);
  return service;
}

/** Declares what the program declares for a config. @returns all objects for the cluster */
export async function declareStack(
  config: Config,
  prepared: Partial<Prepared> = {},
): Promise<Record<string, unknown>[]> {
  await mockEngine();
  const opts = { provider: new k8s.Provider("here", {}) };
  const namespace = makeNamespace(config.namespace, {}, opts);
  const args = argsFor(config, { namespace, ...prepared });
  const { tracks, service } = new ResilientService(config.name, args, opts);
  await settled(namespace, ...tracks.map(({ deployment }) => deployment.id), service.id);
  return declaredObjects();
}
