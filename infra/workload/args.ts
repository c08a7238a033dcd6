import type * as pulumi from "@pulumi/pulumi";
import type { Autoscale, Config } from "../config";
import type { Resources } from "../config/values";

/** The config keys that pods are made of, described in infra/config/schema.ts. A new key of the pods is added here. */
export const POD_KEYS = [
  "port",
  "metricsPort",
  "health",
  "ready",
  "startSeconds",
  "env",
  "resources",
  "command",
  "args",
  "user",
  "writable",
  "nodeSelector",
  "tolerations",
  "priorityClassName",
  "storageClass",
] as const satisfies readonly (keyof Config)[];

/** The config keys that the other objects are made of. A new key of those is added here. */
export const SERVICE_KEYS = [
  "labels",
  "progressDeadlineSeconds",
  "expose",
  "gateway",
  "podMonitor",
  "networkPolicy",
  "egress",
  "secretEnv",
] as const satisfies readonly (keyof Config)[];

/** The settings that the pods of all tracks share. */
export interface PodSettings extends Pick<Config, (typeof POD_KEYS)[number]> {
  /** What the kubelet does about an image that its node doesn't have. */
  readonly imagePullPolicy: "Never" | "IfNotPresent";
  /** Whether a debugger may pause the process: its pod then leaves the Service at once, and isn't restarted. */
  readonly debuggable?: boolean;
}

/** The Secrets that pods refer to. */
export interface PodSecrets {
  /** The environment variables whose values are in a Secret. */
  readonly secretEnv?:
    { readonly secret: pulumi.Input<string>; readonly names: readonly string[] } | undefined;
  /** The name of the Secret with which nodes pull the image. */
  readonly pullSecret?: pulumi.Input<string> | undefined;
}

/** What every object of a service has in common. */
export interface CommonArgs extends Pick<Config, "labels" | "progressDeadlineSeconds"> {
  readonly namespace: pulumi.Input<string>;
  /** Annotations of every object, but not of the pods. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly pod: PodSettings;
}

/** An HTTP service: one address for the pods of all its tracks. */
export interface ResilientServiceArgs extends CommonArgs, Pick<Config, (typeof SERVICE_KEYS)[number]> {
  /** For NodePort: the port on every node, from 30000 to 32767. If undefined, the cluster chooses one. */
  readonly nodePort: number | undefined;
  /** The `.dockerconfigjson` with which nodes pull the image. */
  readonly pullSecret?: string | undefined;
  readonly tracks: readonly TrackSettings[];
}

/** The settings of one track. */
export interface TrackSettings {
  /** The value of the label `release`, such as `stable`. The pods read it as RELEASE_TRACK. */
  readonly name: string;
  /** The tag of the release that the pods run. They read it as RELEASE_VERSION. */
  readonly release: string;
  /** The release's image. */
  readonly image: pulumi.Input<string>;
  /** The number of pods. 0 is allowed. */
  readonly replicas: number;
  /** If set, an autoscaler chooses the number of pods, and `replicas` is the smallest. */
  readonly autoscale?: Autoscale | undefined;
  /** The track's own environment variables. They override the service's of the same name. */
  readonly env?: Readonly<Record<string, string>>;
  /** Replaces the service's resources. */
  readonly resources?: Resources;
}

/** The pods of one track of a service. */
export interface TrackArgs extends CommonArgs {
  /** The name of the service: the value of the label `name`. */
  readonly service: string;
  readonly track: TrackSettings;
  readonly pod: PodSettings & PodSecrets;
}

/** The arguments of a service's tracks. */
export function tracksOf(name: string, args: ResilientServiceArgs, secrets: PodSecrets): TrackArgs[] {
  const { namespace, labels, annotations, progressDeadlineSeconds, tracks } = args;
  const pod = { ...args.pod, ...secrets };
  const common = { service: name, namespace, labels, annotations, progressDeadlineSeconds, pod };
  return tracks.map((track) => ({ ...common, track }));
}
