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
import { stillRunning, waitingFor } from "./engine-locks";
import { statePaths, type StatePaths } from "./paths";
import type { PendingCreates } from "./pending";
import { prepareState } from "./prepare";
import { clearPendingShared, lockNamedIn, refuseKilled } from "./shared";

/** The longest time to wait for an update of somebody else, in milliseconds. */
const WAIT_MS = 10 * 60_000;
/** How long to wait before the next try if somebody else was quicker, in milliseconds. */
const AGAIN_MS = 1_000;

export interface StateOptions {
  readonly machine: Pick<Machine, "env" | "cacheDir">;
  readonly pendingCreates: PendingCreates;
}

/**
 * Prepares the state of a stack for opening, whatever a killed update or a full disk has left.
 *
 * @throws UserError if an update of somebody else goes on for too long, or the state can't be recovered
 */
export async function prepareStack(
  workspace: Workspace,
  stack: string,
  { machine, pendingCreates }: StateOptions,
  say: Say,
): Promise<void> {
  const paths = await statePaths(workspace, stack, machine.env);
  if (paths === undefined) return;
  await whileOurs(paths, machine, say, () => prepareState(workspace, paths, pendingCreates, WAIT_MS, say));
}

/**
 * Runs an update of a stack while no other runs. The engine itself refuses a second one.
 *
 * @throws UserError if an update of somebody else goes on for too long; else what `update` throws
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
      ? clearPendingShared(workspace, name, pendingCreates)
      : prepareState(workspace, paths, pendingCreates, deadline - Date.now(), say);
  const work = async () => {
    for (let told = false; ; told = true) {
      try {
        await prepare();
        return await update();
      } catch (error) {
        if (!foundAnother(error)) throw error;
        const lock = lockNamedIn(error.message);
        if (Date.now() >= deadline) throw stillRunning(name, lock, WAIT_MS);
        if (paths === undefined) refuseKilled(name, lock);
        say(waitingFor(name, lock), told ? "progress" : "notice");
        await sleep(AGAIN_MS * (1 + Math.random()));
      }
    }
  };
  return paths === undefined ? work() : whileOurs(paths, machine, say, work);
}

/** One command of this project at a time works on a stack. Plain `npx pulumi` is kept out by the engine's own lock. */
function whileOurs<T>(
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
 * The engine's words if another one holds the stack, or is just taking or releasing it: an engine that looks for locks
 * fails over the draft of one, and over one that is gone before it is read.
 */
const LOCKED = /currently locked by|[\\/]locks[\\/]\S+(\.tmp: | \(code=NotFound\))/;

/** Whether the engine has not begun, because another one holds the stack. */
function foundAnother(error: unknown): error is Error {
  if (error instanceof ConcurrentUpdateError) return true;
  const failed = error instanceof EngineError || error instanceof CommandError;
  return failed && LOCKED.test(error.message);
}
