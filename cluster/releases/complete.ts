import { setTimeout as sleep } from "node:timers/promises";
import type { V1Deployment } from "@kubernetes/client-node";

const POLL_MS = 500;

/** Marks the error of a rollout that isn't complete in time. It is part of the text, because the engine passes on only that. */
export const ROLLOUT_INCOMPLETE = "[rollout-incomplete]";

/**
 * Whether a Deployment's rollout is complete, by the rules of `kubectl rollout status`
 * (https://github.com/kubernetes/kubectl/blob/master/pkg/polymorphichelpers/rollout_status.go).
 */
export function isComplete({ metadata, spec, status }: V1Deployment): boolean {
  const { observedGeneration = 0, replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status ?? {};
  return (
    observedGeneration >= (metadata?.generation ?? 0) &&
    updatedReplicas >= (spec?.replicas ?? 1) &&
    replicas <= updatedReplicas &&
    availableReplicas >= updatedReplicas
  );
}

/**
 * Waits until a Deployment's rollout is complete.
 *
 * @param read reads the Deployment; if it fails, it is called again
 * @param withinMs how long to wait, in milliseconds
 * @returns whether it was complete in time
 */
export async function untilComplete(
  read: () => Promise<V1Deployment | undefined>,
  withinMs: number,
): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const deployment = await read().catch(() => undefined);
    if (deployment !== undefined && isComplete(deployment)) return true;
    if (Date.now() > deadline) return false;
    await sleep(POLL_MS);
  }
}
