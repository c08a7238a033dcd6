import { setTimeout as sleep } from "node:timers/promises";
import { CommandError, ConcurrentUpdateError, type Stack, type Workspace } from "@pulumi/pulumi/automation";
import { UserError } from "../../common/problem";
import type { Say } from "../../toolchain/step";
import type { Unheard } from "./pending";
import { statePlace } from "./place";
import { settle } from "./settle";

/** The longest time to wait for an update that somebody else runs, in milliseconds. */
const WAIT_MS = 10 * 60_000;
/** How long to wait before the next try where somebody else was quicker, in milliseconds. */
const AGAIN_MS = 500;

/** How a stack's state is seen to. */
export interface StateOptions {
  readonly env: NodeJS.ProcessEnv;
  /** What becomes of what a killed update was just making. */
  readonly unheard: Unheard;
}

/**
 * Sees to it that a stack can be opened and updated, whatever an update left that was killed, or a disk that was full.
 *
 * @throws UserError if somebody else's update goes on for too long, or the state can't be read and not be recovered
 */
export async function settleState(
  workspace: Workspace,
  stack: string,
  { env, unheard }: StateOptions,
  say: Say,
): Promise<void> {
  const place = await statePlace(workspace, stack, env);
  if (place !== undefined) await settle(place, unheard, Date.now() + WAIT_MS, say);
}

/**
 * Runs an update of a stack when no other runs. The engine itself refuses a second one.
 *
 * @throws UserError if somebody else's goes on for too long; else what `update` throws
 */
export async function inTurn<T>(
  stack: Stack,
  { env, unheard }: StateOptions,
  say: Say,
  update: () => Promise<T>,
): Promise<T> {
  const place = await statePlace(stack.workspace, stack.name, env);
  const until = Date.now() + WAIT_MS;
  for (;;) {
    if (place !== undefined) await settle(place, unheard, until, say);
    try {
      return await update();
    } catch (error) {
      if (!foundAnother(error)) throw error;
      // Two that begin at the same moment refuse each other: then not both at the same moment again.
      if (place === undefined || Date.now() >= until) throw refused(stack.name);
      await sleep(AGAIN_MS * (1 + Math.random()));
    }
  }
}

/** A lock is written beside its place and renamed: an engine that looks for locks in between fails over the file. */
const LOCK_HALF_WRITTEN = /[\\/]locks[\\/]\S+\.tmp: /;

/** Whether the engine has not begun, because another one has the stack or is just taking it. */
function foundAnother(error: unknown): boolean {
  if (error instanceof ConcurrentUpdateError) return true;
  return error instanceof CommandError && LOCK_HALF_WRITTEN.test(error.message);
}

function refused(stack: string): UserError {
  return new UserError({
    what: `another update of the stack ${stack} is running`,
    todo: "wait until it has ended (or, where it was on a machine that is gone: npx pulumi cancel), then run the same command again",
  });
}
