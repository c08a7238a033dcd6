import { setTimeout as sleep } from "node:timers/promises";
import type { V1Deployment } from "@kubernetes/client-node";

const POLL_MS = 500;

/** By these words the error of a rollout that is over without being complete is known again. */
export const NOT_COMPLETE = "was not complete within";

/**
 * Whether a Deployment has become what it should be, by the rules of `kubectl rollout status`
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
 * Waits until a Deployment is what it should be.
 *
 * @param read may fail: an API server that doesn't answer now is asked again
 * @returns whether it is, in so many milliseconds
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
