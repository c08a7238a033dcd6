import type { V1Deployment } from "@kubernetes/client-node";
import { poll } from "../../common/poll";

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
  const complete = await poll({ withinMs, everyMs: POLL_MS }, async () => {
    const deployment = await read().catch(() => undefined);
    return deployment !== undefined && isComplete(deployment) ? deployment : undefined;
  });
  return complete !== undefined;
}
