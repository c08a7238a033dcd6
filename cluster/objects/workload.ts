import type { Config } from "../../infra/config";

/** What a stack runs: pods of one or more tracks behind one Service. */
export interface Workload extends Pick<
  Config,
  | "name"
  | "namespace"
  | "port"
  | "health"
  | "ready"
  | "resources"
  | "startSeconds"
  | "progressDeadlineSeconds"
> {
  readonly tracks: readonly [Track, ...Track[]];
}

/** Pods that run one release and are scaled together. Each track is a Deployment. */
export interface Track {
  /** The value of the label `release`, such as `stable`. */
  readonly name: string;
  /** The name of its Deployment. */
  readonly deployment: string;
  readonly replicas: number;
}

/** The track that every workload has. Its Deployment has the workload's name. */
export const STABLE = "stable";

/** The name of a track's Deployment: `api`, and `api-beta` for another track than `stable`. */
export function deploymentName(workload: string, track: string): string {
  return track === STABLE ? workload : `${workload}-${track}`;
}

/** The workload that a stack's config asks for: one track, `stable`. */
export function workloadOf(config: Config): Workload {
  const { name, namespace, port, health, ready, resources, startSeconds, progressDeadlineSeconds } = config;
  const tracks = [
    { name: STABLE, deployment: deploymentName(name, STABLE), replicas: config.replicas },
  ] as const;
  return { name, namespace, port, health, ready, resources, startSeconds, progressDeadlineSeconds, tracks };
}

/** The label of every object of a workload, by which the Service finds its pods. */
export function workloadLabels({ name }: Pick<Workload, "name">) {
  return { name };
}

/**
 * The two labels by which the Deployment of a track finds its pods. They can't be changed once the Deployment exists
 * (https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#label-selector-updates).
 */
export function trackLabels(workload: Pick<Workload, "name">, { name: release }: Pick<Track, "name">) {
  return { ...workloadLabels(workload), release };
}

/** Selects the objects of a workload, in the API server's syntax. */
export function labelSelector({ name }: Pick<Workload, "name">): string {
  return `name=${name}`;
}
