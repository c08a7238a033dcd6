import { FIRST_NODE_PORT } from "../../common/node-ports";
import { workloadOf } from "../../cluster/objects/workload";
import type { Config } from "../../infra/config";
import { serviceArgs, type Prepared } from "../../infra/service-args";
import type { ResilientServiceArgs } from "../../infra/workload";
import { configOf } from "./config";

/** What the program declares a service of, for a config and the release `abc`. */
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
