import { hostname } from "node:os";
import type { Workspace } from "@pulumi/pulumi/automation";
import { UserError } from "../../common/problem";
import { runPulumi } from "./cli";
import { holderOf, isEngine, type EngineLock } from "./engine-locks";
import { clearPendingCreates, exportState, type PendingCreates } from "./pending";

// A stack whose state isn't in a folder of this machine, but in PostgreSQL or an object store: only the engine can read
// and lock it. Neither of them leaves half-written files.

/**
 * Clears or imports what a killed update was just creating, if there is anything. The refresh takes the engine's lock:
 * after it, what is pending can't be the work of an update that is running.
 *
 * @throws CommandError as the engine does if an update is running
 */
export async function clearPendingShared(
  workspace: Workspace,
  stack: string,
  pendingCreates: PendingCreates,
): Promise<void> {
  const { pending_operations: pending = [] } = (await exportState(workspace, stack)).deployment;
  if (!pending.some(({ type }) => type === "creating")) return;
  await runPulumi(workspace, ["refresh", "--yes", "--skip-preview", "--stack", stack]);
  await clearPendingCreates(workspace, stack, pendingCreates);
}

/** The lock that the engine names when it refuses an update (pulumi's pkg/backend/diy/lock.go). */
export function lockNamedIn(message: string): EngineLock | undefined {
  const found = /^ *(\S+): created by (.+)@(\S+) \(pid (\d+)\) at (\S+)$/m.exec(message);
  if (found === null) return undefined;
  const [, file = "", username = "", hostname = "", pid = "", timestamp = ""] = found;
  return { file, username, hostname, pid: Number(pid), timestamp };
}

/**
 * Refuses to wait for an update of a machine with this one's name, if no such process runs here. It isn't cleared by
 * itself: a machine of somebody else may have the same name, and only a person knows.
 *
 * @throws UserError that says how to clear the lock
 */
export function refuseKilled(stack: string, lock: EngineLock | undefined): void {
  if (lock?.pid === undefined || lock.hostname !== hostname() || isEngine(lock.pid)) return;
  throw new UserError({
    what: `the stack ${stack} is locked by an update that doesn't run on this machine any more (${holderOf(lock)})`,
    where: lock.file,
    todo: `npx pulumi cancel, if no other machine is called ${lock.hostname}; then run the same command again`,
  });
}
