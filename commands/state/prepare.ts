import type { Workspace } from "@pulumi/pulumi/automation";
import type { Say } from "../../toolchain/step";
import { readCheckpoint, stateFile } from "./checkpoint";
import { damageOf, recover } from "./damage";
import { waitForLock } from "./engine-locks";
import type { StatePaths } from "./paths";
import { clearPendingCreates, type PendingCreates } from "./pending";

/**
 * Prepares a stack's state for an update: waits for one that runs, removes the lock of a killed one, recovers a state
 * that can't be read, and clears or imports what a killed update was just creating.
 *
 * @param withinMs how long to wait for an update that runs
 * @throws UserError if an update still runs by then, or the state can't be recovered
 */
export async function prepareState(
  workspace: Workspace,
  paths: StatePaths,
  pendingCreates: PendingCreates,
  withinMs: number,
  say: Say,
): Promise<void> {
  await waitForLock(paths, withinMs, say);
  for (let damage; (damage = damageOf(paths)) !== undefined;) recover(paths, damage, say);
  if (hasPending(paths)) await clearPendingCreates(workspace, paths.stack, pendingCreates);
}

function hasPending(paths: StatePaths): boolean {
  const file = stateFile(paths);
  return file !== undefined && readCheckpoint(file).checkpoint.latest?.pending_operations !== undefined;
}
