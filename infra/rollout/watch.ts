import { setTimeout as sleep } from "node:timers/promises";
import type { Apis } from "../../cluster/connection/kubernetes-client";
import { explainRolloutAnyway, type Subject } from "../../cluster/diagnosis/failed-rollout";

const POLL_MS = 1_000;
/** In milliseconds. A rollout is explained this long before the engine gives up: reading pods, events and logs takes time. */
const EXPLAIN_MS = 4_000;

/** The rollout of a track before an update. */
export interface UpcomingRollout extends Subject {
  /** The Deployment's generation before the update; undefined if there is no Deployment yet. */
  readonly generation: number | undefined;
  /** How long the engine waits for the rollout, in milliseconds. */
  readonly limitMs: number;
}

/**
 * Watches a rollout that the engine waits for, and explains it shortly before the engine gives up and ends the program. A
 * rollout that becomes ready isn't explained. The watch doesn't keep the program alive.
 *
 * @param stop ends the watch, once the engine calls the Deployment ready
 */
export async function watchRollout(
  apis: Pick<Apis, "core" | "apps">,
  upcoming: UpcomingRollout,
  tell: (text: string) => Promise<void>,
  stop: AbortSignal,
): Promise<void> {
  // The engine also waits for an update that changes nothing, if the one before it failed.
  let end = Date.now() + upcoming.limitMs - EXPLAIN_MS;
  let begun = false;
  while (Date.now() < end) {
    await sleep(POLL_MS, undefined, { ref: false });
    if (stop.aborted) return;
    if (begun || !(await hasBegun(apis, upcoming))) continue;
    begun = true;
    end = Date.now() + upcoming.limitMs - EXPLAIN_MS;
  }
  const text = await explainRolloutAnyway(apis, upcoming);
  if (text !== undefined && !stop.aborted) await tell(text);
}

async function hasBegun(
  { apps }: Pick<Apis, "apps">,
  { workload: { namespace }, track, generation }: UpcomingRollout,
): Promise<boolean> {
  const asked = { namespace, name: track.deployment };
  const deployment = await apps.readNamespacedDeployment(asked).catch(() => undefined);
  return deployment !== undefined && deployment.metadata?.generation !== generation;
}
