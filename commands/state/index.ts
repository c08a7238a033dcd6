import { createHash } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CommandError as EngineError,
  ConcurrentUpdateError,
  type Stack,
  type Workspace,
} from "@pulumi/pulumi/automation";
import { exclusively } from "../../common/lock.mjs";
import { CommandError } from "../../toolchain/command";
import type { Machine } from "../../toolchain/machine";
import type { Say } from "../../toolchain/step";
import { readCheckpoint, stateFile } from "./checkpoint";
import { runPulumi } from "./cli";
import { damageOf, recover } from "./damage";
import { lockNamedIn, refuseDeadLock, stillRunning, waitForLock, waitingFor } from "./engine-locks";
import { statePaths, type StatePaths } from "./paths";
import { clearPendingCreates, exportState, type PendingCreates } from "./pending";

/** The longest time to wait for another update, in milliseconds. */
const WAIT_MS = 10 * 60_000;
/** The time until the next try if another update was faster, in milliseconds. */
const RETRY_MS = 1_000;

interface StateOptions {
  readonly machine: Pick<Machine, "env" | "cacheDir">;
  readonly pendingCreates: PendingCreates;
}

/**
 * Prepares the state of a stack for opening, whatever a killed update or a full disk has left.
 *
 * @throws UserError if another update runs for too long, or the state can't be recovered
 */
export async function prepareStack(
  workspace: Workspace,
  stack: string,
  { machine, pendingCreates }: StateOptions,
  say: Say,
): Promise<void> {
  const paths = await statePaths(workspace, stack, machine.env);
  if (paths === undefined) return;
  await whileLocked(paths, machine, say, () => prepareState(workspace, paths, pendingCreates, WAIT_MS, say));
}

/**
 * Runs an update of a stack while no other one runs. The engine itself would refuse a second one.
 *
 * @throws UserError if another update runs for too long; else what `update` throws
 */
export async function withStackLock<T>(
  stack: Stack,
  { machine, pendingCreates }: StateOptions,
  say: Say,
  update: () => Promise<T>,
): Promise<T> {
  const { workspace, name } = stack;
  const paths = await statePaths(workspace, name, machine.env);
  const deadline = Date.now() + WAIT_MS;
  const prepare = () =>
    paths === undefined
      ? prepareSharedState(workspace, name, pendingCreates)
      : prepareState(workspace, paths, pendingCreates, deadline - Date.now(), say);
  const work = async () => {
    for (let isFirst = true; ; isFirst = false) {
      try {
        await prepare();
        return await update();
      } catch (error) {
        if (!isLockedByAnother(error)) throw error;
        const lock = lockNamedIn(error.message);
        if (Date.now() >= deadline) throw stillRunning(name, lock, WAIT_MS);
        if (paths === undefined) refuseDeadLock(name, lock);
        say(waitingFor(name, lock), isFirst ? "notice" : "progress");
        await sleep(RETRY_MS * (1 + Math.random()));
      }
    }
  };
  return paths === undefined ? work() : whileLocked(paths, machine, say, work);
}

/**
 * Prepares a state in a folder of this machine: waits for a running update, removes the lock of a killed one, recovers a
 * damaged state, and clears or imports pending creates.
 *
 * @param withinMs how long to wait for a running update
 * @throws UserError if another update still runs then, or the state can't be recovered
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
  const file = stateFile(paths);
  if (file === undefined || readCheckpoint(file).checkpoint.latest?.pending_operations === undefined) return;
  await clearPendingCreates(workspace, paths.stack, pendingCreates);
}

/**
 * Prepares a state in PostgreSQL or an object store, which only the engine can read and lock, and in which no file is
 * ever truncated. The refresh takes the engine's lock: what is still pending after it isn't the work of a running update.
 *
 * @throws CommandError as the engine does if an update is running
 */
async function prepareSharedState(
  workspace: Workspace,
  stack: string,
  pendingCreates: PendingCreates,
): Promise<void> {
  const { pending_operations: pending = [] } = (await exportState(workspace, stack)).deployment;
  if (!pending.some(({ type }) => type === "creating")) return;
  await runPulumi(workspace, ["refresh", "--yes", "--skip-preview", "--stack", stack]);
  await clearPendingCreates(workspace, stack, pendingCreates);
}

/** Lets one command of this project at a time work on a stack. The engine's own lock excludes plain `npx pulumi`. */
function whileLocked<T>(
  { stack, file }: StatePaths,
  { cacheDir }: Pick<Machine, "cacheDir">,
  say: Say,
  work: () => Promise<T>,
): Promise<T> {
  const name = createHash("sha256").update(file).digest("hex").slice(0, 12);
  return exclusively(join(cacheDir, "stacks", name), work, (pid) =>
    say(`another update of the stack ${stack} is running (pid ${pid}): waiting`, "notice"),
  );
}

/**
 * The engine's message if another engine holds the stack, or is taking or releasing its lock: an engine fails if it
 * finds a half-written lock, or one that is removed before it is read.
 */
const LOCKED = /currently locked by|[\\/]locks[\\/]\S+(\.tmp: | \(code=NotFound\))/;

/** Whether the engine hasn't begun, because another engine holds the stack. */
function isLockedByAnother(error: unknown): error is Error {
  if (error instanceof ConcurrentUpdateError) return true;
  const failed = error instanceof EngineError || error instanceof CommandError;
  return failed && LOCKED.test(error.message);
}
