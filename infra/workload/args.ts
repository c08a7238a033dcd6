import type * as pulumi from "@pulumi/pulumi";
import type { Autoscale, Config, Gateway } from "../config";
import type { Destination, Resources } from "../config/values";

/** Names and values in the metadata of an object. */
type Labels = Readonly<Record<string, string>>;

/** The settings of a service's pods. infra/config/schema.ts describes those that are config keys. */
export interface PodSettings extends Pick<
  Config,
  | "port"
  | "metricsPort"
  | "health"
  | "ready"
  | "startSeconds"
  | "env"
  | "resources"
  | "command"
  | "args"
  | "user"
  | "writable"
  | "nodeSelector"
  | "tolerations"
  | "priorityClassName"
> {
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
interface CommonArgs {
  readonly namespace: pulumi.Input<string>;
  /** Labels of every object and of the pods, added to `name` and `release`. */
  readonly labels: Labels;
  /** Annotations of every object, but not of the pods. */
  readonly annotations: Readonly<Record<string, string>>;
  /** The settings that the pods of all tracks share. */
  readonly pod: PodSettings;
  /** A rollout that makes no progress for this long has failed, in seconds. */
  readonly progressDeadlineSeconds: number;
}

/** An HTTP service: one address for the pods of all its tracks. */
export interface ResilientServiceArgs extends CommonArgs {
  /** How the service is reached. */
  readonly expose: Config["expose"];
  /** For NodePort: the port on every node, from 30000 to 32767. If undefined, the cluster chooses one. */
  readonly nodePort: number | undefined;
  /** For Gateway: the Gateway that an HTTPRoute joins. */
  readonly gateway: Gateway | undefined;
  /** Whether to declare a PodMonitor. The Prometheus operator must be in the cluster. */
  readonly podMonitor: boolean;
  /** Whether to declare a NetworkPolicy. */
  readonly networkPolicy: boolean;
  /** What the NetworkPolicy lets the pods call besides DNS. If undefined, everything. */
  readonly egress?: readonly Destination[] | undefined;
  /** Environment variables whose values are kept in a Secret. */
  readonly secretEnv: Readonly<Record<string, string>>;
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

/** The metadata of an object. */
export function metadata(
  name: string,
  labels: Labels,
  args: CommonArgs,
  added: Readonly<Record<string, pulumi.Input<string>>> = {},
) {
  // `kubectl scale` becomes the owner of spec.replicas. With patchForce, the next `up` takes it back instead of failing.
  const annotations = { ...args.annotations, "pulumi.com/patchForce": "true", ...added };
  return { name, namespace: args.namespace, labels, annotations };
}
