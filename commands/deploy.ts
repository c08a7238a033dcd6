import { setTimeout as sleep } from "node:timers/promises";
import {
  ConcurrentUpdateError,
  type EngineEvent,
  type OutputMap,
  type Stack,
} from "@pulumi/pulumi/automation";
import { UserError } from "../common/problem";
import type { Say } from "../toolchain/step";

/** How long the URL may take to answer after the engine is done, in milliseconds: kube-proxy's rules follow soon. */
const ANSWER_TIMEOUT_MS = 60_000;
const POLL_MS = 200;
/** How long one try may take, in milliseconds. */
const TRY_TIMEOUT_MS = 2_000;

/**
 * Runs the stack's update.
 *
 * @returns the stack's outputs, and a few words on what was changed
 * @throws UserError with the engine's diagnostics, if it fails; ConcurrentUpdateError if another update runs
 */
export async function deploy(stack: Stack, say: Say): Promise<{ outputs: OutputMap; changes: string }> {
  const { outputs, summary } = await withDiagnostics(stack.name, (onEvent) =>
    stack.up({ color: "never", onOutput: linesTo(say), onEvent }),
  );
  return { outputs, changes: changesIn(summary.resourceChanges ?? {}) };
}

/**
 * Runs the stack's destroy.
 *
 * @throws UserError with the engine's diagnostics, if it fails; ConcurrentUpdateError if another update runs
 */
export async function destroy(stack: Stack, say: Say): Promise<void> {
  await withDiagnostics(stack.name, (onEvent) =>
    stack.destroy({ color: "never", onOutput: linesTo(say), onEvent }),
  );
}

/** Waits until the URL answers. @throws UserError if it does not in time */
export async function waitForAnswer(url: string, say: Say): Promise<void> {
  const deadline = Date.now() + ANSWER_TIMEOUT_MS;
  let last = "";
  while (Date.now() < deadline) {
    try {
      const { status, body } = await fetch(url, { signal: AbortSignal.timeout(TRY_TIMEOUT_MS) });
      await body?.cancel();
      if (status < 500) return;
      last = `answered ${status}`;
    } catch (error) {
      last = String((error as Error).cause ?? error);
    }
    say(`waiting for ${url}: ${last}`);
    await sleep(POLL_MS);
  }
  throw new UserError({
    what: `${url} does not answer after ${ANSWER_TIMEOUT_MS / 1000} s (${last})`,
    todo: "kubectl get pods -l name=api, and kubectl logs -l name=api",
  });
}

/** Calls the engine; an update that fails is an error with what the engine said of each resource. */
async function withDiagnostics<T>(
  stack: string,
  call: (note: (event: EngineEvent) => void) => Promise<T>,
): Promise<T> {
  const diagnostics: string[] = [];
  try {
    return await call(({ diagnosticEvent }) => {
      if (diagnosticEvent?.severity === "error") diagnostics.push(plain(diagnosticEvent.message).trim());
    });
  } catch (error) {
    if (error instanceof ConcurrentUpdateError || diagnostics.length === 0) throw error;
    throw new UserError({
      what: `the update of the stack ${stack} failed:\n\n${diagnostics.join("\n\n")}\n`,
      todo: "mend what it says above, then run the same command again",
    });
  }
}

/** The engine's messages carry colour codes such as `<{%reset%}>`. */
function plain(message: string): string {
  return message.replace(/<\{%[^%]*%\}>/g, "");
}

function linesTo(say: Say): (output: string) => void {
  return (output) => {
    for (const line of output.split("\n")) if (line.trim() !== "") say(line.trim());
  };
}

/** For example `2 created, 1 updated`, or `no changes`. */
function changesIn(counts: Readonly<Record<string, number>>): string {
  const changed = Object.entries(counts).filter(([kind]) => kind !== "same");
  return changed.length === 0 ? "no changes" : changed.map(([kind, count]) => `${count} ${kind}`).join(", ");
}
