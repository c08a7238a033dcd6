import type { Autoscale, Config } from "../../infra/config";

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
  /** How many pods; the fewest, if an autoscaler chooses. */
  readonly replicas: number;
  /** What an autoscaler may choose, if there is one. */
  readonly autoscale?: Autoscale | undefined;
}

/** The most pods that a track may have. */
export function mostPods({ replicas, autoscale }: Pick<Track, "replicas" | "autoscale">): number {
  return autoscale?.max ?? replicas;
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
  const { autoscale, replicas } = config;
  const stable = { name: STABLE, deployment: deploymentName(name, STABLE) };
  const tracks = [{ ...stable, replicas: autoscale?.min ?? replicas, autoscale }] as const;
  return { name, namespace, port, health, ready, resources, startSeconds, progressDeadlineSeconds, tracks };
}

/** Whether an autoscaler chooses how many pods a track has. */
export function isAutoscaled({ tracks }: Pick<Workload, "tracks">): boolean {
  return tracks.some(({ autoscale }) => autoscale !== undefined);
}

/** What to type to have so many pods at most. */
export function limitPods(workload: Workload, count: number): string {
  return `npx pulumi config set ${isAutoscaled(workload) ? "--path autoscale.max" : "replicas"} ${count}`;
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
