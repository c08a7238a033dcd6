import { isComplete } from "../../cluster/releases/complete";
import { serving, type Revision, type Rollout } from "../../cluster/releases/rollout";
import type { Update } from "./history";

/** How the rollout of a release ended: `unknown` if this stack's engine didn't begin it. */
export type Ended = "succeeded" | "failed" | "rolling out" | "unknown";

/** One release: all that was deployed of one tag to one track. */
export interface Release {
  /** The track that it was deployed to, such as `stable`. */
  readonly track: string;
  readonly tag: string;
  /** When it was last rolled out, ISO 8601 in UTC. */
  readonly at: string;
  readonly ended: Ended;
  readonly serves: boolean;
  /** How many of its pods are ready. */
  readonly ready: number;
  /** Whether its image is still in the node: if so, to go back to it needs no build. */
  readonly image: boolean;
  /** Kubernetes' numbers of the Deployment's revisions in which it was wanted. */
  readonly revisions: readonly number[];
}

/** Kubernetes and the engine write times down in whole seconds, in milliseconds. */
const SECOND = 1_000;

/**
 * Puts together what the cluster and the engine remember of the releases, newest first.
 *
 * @param tags of the images that are in the node
 */
export function releasesOf(rollout: Rollout, updates: readonly Update[], tags: readonly string[]): Release[] {
  const byTag = new Map<string, Revision[]>();
  for (const revision of rollout.revisions) {
    byTag.set(revision.release, [...(byTag.get(revision.release) ?? []), revision]);
  }
  return [...byTag]
    .map(([tag, revisions]) => releaseOf(tag, revisions, rollout, updates, tags.includes(tag)))
    .sort((a, b) => b.at.localeCompare(a.at));
}

function releaseOf(
  tag: string,
  revisions: readonly Revision[],
  rollout: Rollout,
  updates: readonly Update[],
  image: boolean,
): Release {
  const madeAt = new Date(Math.max(...revisions.map((revision) => revision.madeAt.getTime())));
  return {
    track: rollout.deployment.metadata?.labels?.["release"] ?? "",
    tag,
    at: madeAt.toISOString(),
    ended: endOf(revisions, madeAt, rollout, updates),
    serves: serving(rollout)?.release === tag,
    ready: revisions.reduce((sum, { ready }) => sum + ready, 0),
    image,
    revisions: revisions.flatMap(({ number, former }) => [number, ...former]).sort((a, b) => b - a),
  };
}

/** The update in whose time it was made tells. One that was tried again, and is what was wanted now, has succeeded. */
function endOf(
  revisions: readonly Revision[],
  madeAt: Date,
  { deployment, current }: Rollout,
  updates: readonly Update[],
): Ended {
  const isWanted = current !== undefined && revisions.includes(current);
  if (isWanted && isComplete(deployment)) return "succeeded";
  const update = updates.find(
    ({ kind, startTime, endTime }) =>
      kind === "update" &&
      startTime.getTime() - SECOND <= madeAt.getTime() &&
      madeAt.getTime() <= endTime.getTime() + SECOND,
  );
  if (update?.result === "succeeded" || update?.result === "failed") return update.result;
  return isWanted ? "rolling out" : "unknown";
}
