import type * as pulumi from "@pulumi/pulumi";
import type { ImageStore } from "../cluster/images/store";
import type { Config } from "./config";
import type { DevSession } from "./config/dev-session";
import type { TrackRelease } from "./releases";
import { POD_KEYS, SERVICE_KEYS, type ResilientServiceArgs } from "./workload/args";

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
  return {
    ...pick(config, SERVICE_KEYS),
    namespace,
    annotations,
    nodePort,
    pullSecret,
    pod: { ...pick(config, POD_KEYS), imagePullPolicy: images.pullPolicy, ...session?.pod },
    tracks: tracks.map(({ track: { name, replicas, autoscale, env, resources }, release, image }) => {
      return { name, replicas, autoscale, env, resources, release, image };
    }),
  };
}

function pick<Key extends keyof Config>(config: Config, keys: readonly Key[]): Pick<Config, Key> {
  return Object.fromEntries(keys.map((key) => [key, config[key]])) as Pick<Config, Key>;
}
