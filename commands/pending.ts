import type { Stack } from "@pulumi/pulumi/automation";

/**
 * Strikes out what a killed update had begun and not heard of again. The next one makes it or takes it on, because
 * the Kubernetes plugin's create is an upsert; the engine alone would warn of it at every update from then on.
 */
export async function forgetPending(stack: Stack): Promise<void> {
  const state = await stack.exportStack();
  const { pending_operations: pending, ...deployment } = state.deployment as Record<string, unknown>;
  if (pending !== undefined) await stack.importStack({ ...state, deployment });
}
