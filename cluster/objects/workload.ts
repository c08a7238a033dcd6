import type { V1Pod } from "@kubernetes/client-node";
import { UserError } from "../../common/problem";
import type { Config } from "../../infra/config";
import { STABLE, type TrackConfig } from "../../infra/config/tracks";

export { STABLE } from "../../infra/config/tracks";

/** What a stack runs: the pods of one or more tracks, behind one Service. */
export interface Workload extends Pick<
  Config,
  "name" | "namespace" | "port" | "health" | "ready" | "startSeconds" | "progressDeadlineSeconds"
> {
  /** `stable` comes first. */
  readonly tracks: readonly [Track, ...Track[]];
}

/** Pods that run one release and are scaled together. Each track is a Deployment. */
export interface Track extends TrackConfig {
  /** The name of its Deployment. */
  readonly deployment: string;
}

/** The largest number of pods that a track may have. */
export function mostPods({
  replicas,
  autoscale,
}: Pick<Track, "replicas"> & Partial<Pick<Track, "autoscale">>): number {
  return autoscale?.max ?? replicas;
}

/** The name of a track's Deployment: `api`, and `api-beta` for another track than `stable`. */
export function deploymentName(workload: string, track: string): string {
  return track === STABLE ? workload : `${workload}-${track}`;
}

/** The workload that a stack's config asks for. */
export function workloadOf(config: Config): Workload {
  const { name, namespace, port, health, ready, startSeconds, progressDeadlineSeconds } = config;
  const complete = (track: TrackConfig) => ({ ...track, deployment: deploymentName(name, track.name) });
  const [stable, ...others] = config.tracks;
  const tracks = [complete(stable), ...others.map(complete)] as const;
  return { name, namespace, port, health, ready, startSeconds, progressDeadlineSeconds, tracks };
}

/** The track with a name. @throws {UserError} if there is none; it lists the others */
export function trackNamed({ tracks }: Workload, name: string): Track {
  const found = tracks.find((track) => track.name === name);
  if (found !== undefined) return found;
  throw new UserError({
    what: `There is no track ${name}.`,
    where: "stack config, key tracks",
    allowed: tracks.map((track) => track.name).join(", "),
    todo: `npx pulumi config set --path tracks.${name}.replicas 1, then npm run up`,
  });
}

/** The track that a pod belongs to; `stable` if config no longer has its track. */
export function trackOf({ tracks }: Workload, { metadata }: V1Pod): Track {
  return tracks.find(({ name }) => name === metadata?.labels?.["release"]) ?? tracks[0];
}

/** Puts the track's name in front of a message, if there are several tracks. */
export function ofTrack({ tracks }: Workload, { name }: Track, message: string): string {
  return tracks.length === 1 ? message : `Track ${name}: ${message}`;
}

/** The flag that selects the track, for a command that acts on `stable` by default. */
export function trackFlag({ name }: Pick<Track, "name">): string {
  return name === STABLE ? "" : ` -- --track ${name}`;
}

/** Whether a track of the workload has an autoscaler. */
export function isAutoscaled({ tracks }: Pick<Workload, "tracks">): boolean {
  return tracks.some(({ autoscale }) => autoscale !== undefined);
}

/** What to type to limit the number of pods to `count`. */
export function limitPods({ limitKey }: Pick<Track, "limitKey">, count: number): string {
  return `npx pulumi config set ${limitKey} ${count}`;
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

/** Selects the objects of a workload, or of one of its tracks, in the API server's syntax. */
export function labelSelector(workload: Pick<Workload, "name">, track?: Pick<Track, "name">): string {
  const labels = track === undefined ? workloadLabels(workload) : trackLabels(workload, track);
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}
