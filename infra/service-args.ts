import type * as pulumi from "@pulumi/pulumi";
import type { ImageStore } from "../cluster/images/store";
import type { Config } from "./config";
import type { TrackRelease } from "./image/releases";
import type { DevSession } from "./config/dev-session";
import type { ResilientServiceArgs } from "./workload";

/** What the program has found out before it declares the service. */
export interface Prepared {
  readonly tracks: readonly TrackRelease[];
  readonly namespace: pulumi.Input<string>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly nodePort: number | undefined;
  readonly images: Pick<ImageStore, "pullPolicy">;
  /** See {@link ImageStore.pullSecret}. */
  readonly pullSecret: string | undefined;
  /** How the pods differ while `npm run dev` runs. */
  readonly session?: DevSession | undefined;
}

/** The arguments of the service that a stack's config asks for. */
export function serviceArgs(config: Config, prepared: Prepared): ResilientServiceArgs {
  const { tracks, namespace, annotations, nodePort, images, pullSecret, session } = prepared;
  const { labels, expose, gateway, networkPolicy, egress, podMonitor } = config;
  const { progressDeadlineSeconds, secretEnv } = config;
  const { port, metricsPort, health, ready, startSeconds, env, resources, command, args } = config;
  const { user, writable, nodeSelector, tolerations, priorityClassName } = config;
  return {
    namespace,
    labels,
    annotations,
    expose,
    nodePort,
    gateway,
    networkPolicy,
    egress,
    podMonitor,
    progressDeadlineSeconds,
    secretEnv,
    pullSecret,
    pod: {
      imagePullPolicy: images.pullPolicy,
      port,
      metricsPort,
      health,
      ready,
      startSeconds,
      env,
      resources,
      command,
      args,
      user,
      writable,
      nodeSelector,
      tolerations,
      priorityClassName,
      ...session?.pod,
    },
    tracks: tracks.map(({ track: { name, replicas, autoscale, env, resources }, release, image }) => {
      return { name, replicas, autoscale, env, resources, release, image };
    }),
  };
}
