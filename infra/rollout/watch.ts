import { setTimeout as sleep } from "node:timers/promises";
import type { Apis } from "../../cluster/connection/kubernetes-client";
import { explainRolloutAnyway, type Subject } from "../../cluster/diagnosis/failed-rollout";

const LOOK_MS = 1_000;
/** So long before the engine gives up, in milliseconds: two looks, and the time to read pods, events and logs. */
const BEFORE_END_MS = 4_000;

/** A rollout that is about to begin. */
export interface Awaited extends Subject {
  /** The Deployment's generation before; undefined where there is no Deployment yet. */
  readonly generation: number | undefined;
  /** How long the engine waits, in milliseconds. */
  readonly limitMs: number;
}

/**
 * Watches a rollout that the engine waits for, and says shortly before the engine gives up why it isn't ready: once it
 * has given up, it takes the program down with it. Nothing is said of one that becomes ready, and nothing here keeps
 * the program alive.
 *
 * @param stop ends it, once the engine has seen the Deployment become ready
 */
export async function watchRollout(
  apis: Pick<Apis, "core" | "apps">,
  awaited: Awaited,
  tell: (text: string) => Promise<void>,
  stop: AbortSignal,
): Promise<void> {
  // An update that changes nothing is waited for as well, where the one before it failed.
  let end = Date.now() + awaited.limitMs - BEFORE_END_MS;
  let begun = false;
  while (Date.now() < end) {
    await sleep(LOOK_MS, undefined, { ref: false });
    if (stop.aborted) return;
    if (begun || !(await hasBegun(apis, awaited))) continue;
    begun = true;
    end = Date.now() + awaited.limitMs - BEFORE_END_MS;
  }
  const text = await explainRolloutAnyway(apis, awaited);
  if (text !== undefined && !stop.aborted) await tell(text);
}

async function hasBegun(
  { apps }: Pick<Apis, "apps">,
  { workload: { namespace }, track, generation }: Awaited,
): Promise<boolean> {
  const asked = { namespace, name: track.deployment };
  const deployment = await apps.readNamespacedDeployment(asked).catch(() => undefined);
  return deployment !== undefined && deployment.metadata?.generation !== generation;
}
