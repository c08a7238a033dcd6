import { isComplete } from "../../cluster/releases/complete";
import { pinNotice } from "../../cluster/releases/pin";
import { serving, type Revision, type Rollout } from "../../cluster/releases/rollout";
import type { Config } from "../../infra/config";
import { columns } from "../terminal/columns";

/** An update that the engine has run. */
export interface Update {
  readonly kind: string;
  readonly result: string;
  readonly startTime: Date;
  readonly endTime: Date;
}

/** The result of a release's rollout: `unknown` if this stack's engine didn't begin it. */
type Ended = "succeeded" | "failed" | "rolling out" | "unknown";

/** One release of one track: all revisions of its Deployment with the same tag. */
export interface Release {
  /** For example `stable`. */
  readonly track: string;
  readonly tag: string;
  /** The time of its last rollout, ISO 8601 in UTC. */
  readonly at: string;
  readonly ended: Ended;
  readonly serves: boolean;
  /** How many of its pods are ready. */
  readonly ready: number;
  /** Whether its image still exists: then a rollback to it needs no build. */
  readonly image: boolean;
  /** The numbers of the Deployment's revisions with this release. */
  readonly revisions: readonly number[];
}

/** Kubernetes and the engine round times to this, in milliseconds. */
const SECOND = 1_000;

/**
 * Lists the releases of a rollout, newest first, from the cluster's revisions and the engine's updates.
 *
 * @param tags of the images that still exist
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

/** The result of the update that ran then. A rollout that is complete now has succeeded, even if a first try failed. */
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

/** Formats releases for a terminal, one per line, with their track if there are several tracks. */
export function table(releases: readonly Release[], { rolledBack }: Pick<Config, "rolledBack">): string {
  const several = releases.some(({ track }) => track !== releases[0]?.track);
  const lines = columns(
    releases.map(({ track, tag, at, ended, serves, ready, image }) => [
      ...(several ? [track] : []),
      `${serves ? "●" : " "} ${tag}`,
      new Date(at).toLocaleString("sv"), // as ISO 8601, in local time
      ended,
      [...(serves ? [`serves, ${ready} ready`] : []), ...(image ? [] : ["its image is gone"])].join(", "),
    ]),
  );
  return [...lines, ...(rolledBack === undefined ? [] : ["", `If t${pinNotice(rolledBack).slice(1)}`])].join(
    "\n",
  );
}
