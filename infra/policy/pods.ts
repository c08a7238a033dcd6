import type { V1Container, V1PodSpec } from "@kubernetes/client-node";

/** What the rules check: a pod's spec and its annotations. */
export interface Pod extends Partial<V1PodSpec> {
  readonly annotations?: Readonly<Record<string, string>>;
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
export function containersOf({ containers = [], initContainers = [] }: Pod): readonly V1Container[] {
  return [...initContainers, ...containers];
}
