/** The parts of a container that the rules check (https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/). */
export interface Container {
  readonly name?: string;
  readonly image?: string;
  readonly ports?: readonly { readonly hostPort?: number }[];
  readonly resources?: { readonly limits?: Readonly<Record<string, string | number>> };
  readonly startupProbe?: object;
  readonly livenessProbe?: object;
  readonly readinessProbe?: object;
  readonly securityContext?: SecurityContext & {
    readonly privileged?: boolean;
    readonly allowPrivilegeEscalation?: boolean;
    readonly capabilities?: { readonly add?: readonly string[] };
  };
}

/** The parts of a pod that the rules check: its spec and its annotations. */
export interface Pod {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly securityContext?: SecurityContext;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly volumes?: readonly { readonly name?: string; readonly hostPath?: object }[];
}

interface SecurityContext {
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
}

/** The path to the pod in an object of each kind that makes pods. */
const places: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  ...Object.fromEntries(
    ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job"].map((kind) => [
      kind,
      ["spec", "template"],
    ]),
  ),
  CronJob: ["spec", "jobTemplate", "spec", "template"],
};

/**
 * The pod that a resource makes, if it makes one.
 *
 * @param type Pulumi's name of the type, such as `kubernetes:apps/v1:Deployment`
 */
export function podOf(type: string, props: object): Pod | undefined {
  const [provider, , kind = ""] = type.split(":");
  const place = provider === "kubernetes" && Object.hasOwn(places, kind) ? places[kind] : undefined;
  const pod = place?.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], props);
  const { spec, metadata } = (pod ?? {}) as { spec?: Pod; metadata?: Pick<Pod, "annotations"> };
  return spec && { ...spec, ...(metadata?.annotations && { annotations: metadata.annotations }) };
}

/** The containers of a pod, init containers included. */
export function containersOf({ containers = [], initContainers = [] }: Pod): readonly Container[] {
  return [...initContainers, ...containers];
}
