import type { V1Deployment, V1ReplicaSet } from "@kubernetes/client-node";
import type { Apis } from "../connection/kubernetes-client";
import { releaseOf } from "../objects/pods";
import { labelSelector, type Track, type Workload } from "../objects/workload";
import { isComplete } from "./complete";

/** How many releases keep their images and ReplicaSets for a rollback, the one that serves included. */
export const RELEASES_KEPT = 5;

/** The annotation with a ReplicaSet's number. The wanted one has the highest. */
const REVISION = "deployment.kubernetes.io/revision";
/** The annotation with a ReplicaSet's earlier numbers: a rollback gives it a new number. */
const FORMER = "deployment.kubernetes.io/revision-history";

/** One state of a Deployment's pod template. */
export interface Revision {
  readonly number: number;
  /** Its earlier numbers: a rollback gives it a new number. */
  readonly former: readonly number[];
  /** The tag of the release that its pods run. */
  readonly release: string;
  readonly image: string;
  readonly madeAt: Date;
  /** The number of its pods that are ready. */
  readonly ready: number;
  readonly set: V1ReplicaSet;
}

/** A Deployment and its revisions, newest first. `current` is the wanted one. */
export interface Rollout {
  readonly deployment: V1Deployment;
  readonly revisions: readonly Revision[];
  readonly current: Revision | undefined;
}

/** The rollout of a track. */
export interface TrackRollout {
  readonly track: Track;
  readonly rollout: Rollout;
}

/** Reads the Deployments of all tracks. A track that has none is left out. */
export async function readRollouts(
  { apps }: Pick<Apis, "apps">,
  workload: Workload,
): Promise<TrackRollout[]> {
  const selected = { namespace: workload.namespace, labelSelector: labelSelector(workload) };
  const [deployments, sets] = await Promise.all([
    apps.listNamespacedDeployment(selected),
    apps.listNamespacedReplicaSet(selected),
  ]);
  return workload.tracks.flatMap((track) => {
    const deployment = deployments.items.find(({ metadata }) => metadata?.name === track.deployment);
    return deployment === undefined ? [] : [{ track, rollout: rolloutOf(deployment, sets.items) }];
  });
}

/** Reads the Deployment of one track. Undefined if there is none. */
export async function readRollout(
  apis: Pick<Apis, "apps">,
  workload: Workload,
  track: Track,
): Promise<Rollout | undefined> {
  return (await readRollouts(apis, { ...workload, tracks: [track] }))[0]?.rollout;
}

/** Combines a Deployment with its own ReplicaSets. */
export function rolloutOf(deployment: V1Deployment, sets: readonly V1ReplicaSet[]): Rollout {
  const revisions = sets
    .filter(({ metadata }) => metadata?.ownerReferences?.some(({ uid }) => uid === deployment.metadata?.uid))
    .map(revisionOf)
    .sort((a, b) => b.number - a.number);
  const wanted = Number(deployment.metadata?.annotations?.[REVISION]);
  return { deployment, revisions, current: revisions.find(({ number }) => number === wanted) };
}

function revisionOf(set: V1ReplicaSet): Revision {
  const { metadata, spec, status } = set;
  const former = metadata?.annotations?.[FORMER] ?? "";
  return {
    number: Number(metadata?.annotations?.[REVISION] ?? 0),
    former: former.split(",").filter(Boolean).map(Number),
    release: releaseOf(spec?.template?.spec),
    image: spec?.template?.spec?.containers[0]?.image ?? "",
    madeAt: new Date(metadata?.creationTimestamp ?? 0),
    ready: status?.readyReplicas ?? 0,
    set,
  };
}

/** The revision that serves: the wanted one, or an earlier one as long as the rollout isn't complete. */
export function serving(rollout: Rollout): Revision | undefined {
  const { deployment, current } = rollout;
  if (isComplete(deployment)) return current;
  return servingBeside(rollout) ?? (current !== undefined && current.ready > 0 ? current : undefined);
}

/** The revision with the most ready pods, other than the wanted one. */
export function servingBeside({ revisions, current }: Rollout): Revision | undefined {
  const others = revisions.filter((revision) => revision !== current && revision.ready > 0);
  return others.sort((a, b) => b.ready - a.ready)[0];
}
