import type * as pulumi from "@pulumi/pulumi";
import type { Workload } from "../cluster/objects/workload";
import type { Config } from "./config";
import type { ResilientServiceArgs } from "./workload";

/** What the program finds out before it declares the service. */
export interface Prepared {
  readonly workload: Workload;
  readonly namespace: pulumi.Input<string>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, pulumi.Input<string>>>;
  readonly release: string;
  readonly image: pulumi.Input<string>;
}

/** The arguments of the service that a stack's config asks for. */
export function serviceArgs(config: Config, prepared: Prepared): ResilientServiceArgs {
  const { workload, namespace, annotations, env, release, image } = prepared;
  const { labels, nodePort, networkPolicy, podMonitor, progressDeadlineSeconds } = config;
  const { port, metricsPort, healthPath, readyPath, resources } = config;
  return {
    namespace,
    labels,
    annotations,
    nodePort,
    networkPolicy,
    podMonitor,
    progressDeadlineSeconds,
    pod: { port, metricsPort, healthPath, readyPath, env, resources },
    tracks: workload.tracks.map(({ name, replicas }) => ({ name, replicas, release, image })),
  };
}
