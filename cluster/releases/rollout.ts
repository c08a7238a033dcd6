import type { V1Deployment, V1ReplicaSet } from "@kubernetes/client-node";
import type { Apis } from "../connection/kubernetes-client";
import { releaseOf } from "../objects/pods";
import { labelSelector, type Track, type Workload } from "../objects/workload";
import { isComplete } from "./complete";

/** Kubernetes numbers a Deployment's ReplicaSets: the highest is the one that it wants. */
const REVISION = "deployment.kubernetes.io/revision";
/** The numbers that a ReplicaSet had before it was gone back to. */
const FORMER = "deployment.kubernetes.io/revision-history";

/** One state of a Deployment's pod template. */
export interface Revision {
  readonly number: number;
  /** The numbers that it had before, each time that it was gone back to it. */
  readonly former: readonly number[];
  /** The tag of what its pods run. */
  readonly release: string;
  readonly image: string;
  readonly madeAt: Date;
  /** How many of its pods are ready. */
  readonly ready: number;
  readonly set: V1ReplicaSet;
}

/** A Deployment and what it remembers of its past, newest first: `current` is what it wants. */
export interface Rollout {
  readonly deployment: V1Deployment;
  readonly revisions: readonly Revision[];
  readonly current: Revision | undefined;
}

/** Reads the Deployment of a track. Undefined if there is none. */
export async function readRollout(
  { apps }: Pick<Apis, "apps">,
  workload: Workload,
  track: Track,
): Promise<Rollout | undefined> {
  const selected = { namespace: workload.namespace, labelSelector: labelSelector(workload) };
  const [deployments, sets] = await Promise.all([
    apps.listNamespacedDeployment(selected),
    apps.listNamespacedReplicaSet(selected),
  ]);
  const deployment = deployments.items.find(({ metadata }) => metadata?.name === track.deployment);
  return deployment && rolloutOf(deployment, sets.items);
}

/** Puts a Deployment together with those of the ReplicaSets that are its own. */
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

/** The revision that serves: the one that is wanted, or another as long as that doesn't become ready. */
export function serving(rollout: Rollout): Revision | undefined {
  const { deployment, current } = rollout;
  if (isComplete(deployment)) return current;
  return servingBeside(rollout) ?? (current !== undefined && current.ready > 0 ? current : undefined);
}

/** The revision that serves, beside one that doesn't become ready: no other has as many ready pods. */
export function servingBeside({ revisions, current }: Rollout): Revision | undefined {
  return revisions
    .filter((revision) => revision !== current && revision.ready > 0)
    .reduce<Revision | undefined>(
      (best, each) => (best === undefined || each.ready > best.ready ? each : best),
      undefined,
    );
}
