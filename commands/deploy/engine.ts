import {
  ConcurrentUpdateError,
  type EngineEvent,
  type OpMap,
  type PolicyEvent,
  type Stack,
} from "@pulumi/pulumi/automation";
import { UserError } from "../../common/problem";
import { ROLLOUT_INCOMPLETE } from "../../cluster/releases/complete";
import type { Say } from "../../toolchain/step";
import { policyPacks } from "./policies";

interface DeployOptions {
  /** The name of an image to build again, although the engine sees no change. */
  readonly rebuild?: string | undefined;
  /** URNs of the only resources to update, with `*` for any characters. */
  readonly target?: string[];
}

/** The result of an update. */
export interface UpdateResult {
  /** The stack's outputs, by name. Secret outputs are not readable. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** The changes in a few words, for example `2 created, 1 updated`. */
  readonly changes: string;
}

/**
 * Runs the stack's update. The program says where the cluster is: after `kubectl config rename-context`, the state's
 * context is gone. The plugins then start once; to compare with the cluster before the program, they would start twice.
 *
 * @throws UpdateError with the engine's errors, if the update fails; ConcurrentUpdateError if another update runs
 */
export async function deploy(stack: Stack, say: Say, options: DeployOptions): Promise<UpdateResult> {
  const { rebuild, target } = options;
  const replace = rebuild === undefined ? [] : [await imageUrn(stack, rebuild)];
  const update = {
    replace,
    ...(target && { target }),
    policyPacks: policyPacks(say),
    color: "never",
    runProgram: true,
  } as const;
  let outputs: UpdateResult["outputs"] = {};
  let counts: OpMap = {};
  skipReadingResults(stack);
  await withDiagnostics(stack.name, (recordErrors) => {
    const onEvent = (event: EngineEvent) => {
      recordErrors(event);
      const { policyEvent, summaryEvent, resOutputsEvent } = event;
      const message = programMessage(event);
      if (message !== undefined) say(message, "notice");
      if (policyEvent && policyEvent.enforcementLevel !== "mandatory") say(advice(policyEvent), "notice");
      if (resOutputsEvent?.metadata.type === "pulumi:pulumi:Stack") {
        outputs = resOutputsEvent.metadata.new?.outputs ?? outputs;
      }
      counts = summaryEvent?.resourceChanges ?? counts;
    };
    return stack.up({ ...update, onOutput: linesTo(say), onEvent });
  });
  return { outputs, changes: changesIn(counts) };
}

/** After an update, the Automation API starts the CLI three times to read outputs and summary. The events have both. */
function skipReadingResults(stack: Stack): void {
  stack.outputs = () => Promise.resolve({});
  stack.info = () => Promise.resolve(undefined);
}

/**
 * Runs the stack's destroy.
 *
 * @throws as `deploy` does
 */
export async function destroy(stack: Stack, say: Say): Promise<void> {
  await callEngine(stack.name, (onEvent, mode) =>
    stack.destroy({ ...mode, color: "never", onOutput: linesTo(say), onEvent }),
  );
}

/** Updates the engine's state from the cluster. @throws as `deploy` does */
export async function refresh(stack: Stack, say: Say): Promise<void> {
  await callEngine(stack.name, (onEvent, mode) =>
    stack.refresh({ ...mode, color: "never", onOutput: linesTo(say), onEvent }),
  );
}

/** Parts of the errors of a rollout that isn't complete in time: the plugin's (await/error.go) and our code. */
const INCOMPLETE = ["timed out waiting to be Ready", ROLLOUT_INCOMPLETE];

/** Part of the plugin's error if the context in the state leads to no cluster (provider.go). */
const UNREACHABLE = "due to unreachable cluster";

/** An update has failed. */
export class UpdateError extends UserError {
  /** @param diagnostics the engine's errors, word for word */
  constructor(
    stack: string,
    private readonly diagnostics: readonly string[],
  ) {
    super({
      what: `The update of the stack ${stack} failed:\n\n${diagnostics.join("\n\n")}\n`,
      todo: "fix the errors above, then run the same command again",
    });
  }

  /** Whether a Deployment wasn't ready in time. */
  get rolloutTimedOut(): boolean {
    return this.diagnostics.some((text) => INCOMPLETE.some((words) => text.includes(words)));
  }

  /** Whether the context in the state leads to no cluster. */
  get unreachable(): boolean {
    return this.diagnostics.some((text) => text.includes(UNREACHABLE));
  }
}

/** How the engine finds the cluster without an update: in its state, or, more slowly, by running the program. */
type Mode = { readonly runProgram?: true };

/**
 * Calls the engine. If the context in the state is gone, calls it again and has the program say where the cluster is.
 *
 * @throws UpdateError with the engine's errors, if the update fails
 */
async function callEngine<T>(
  stack: string,
  call: (recordErrors: (event: EngineEvent) => void, mode: Mode) => Promise<T>,
): Promise<T> {
  try {
    return await withDiagnostics(stack, (recordErrors) => call(recordErrors, {}));
  } catch (error) {
    if (!(error instanceof UpdateError) || !error.unreachable) throw error;
    return await withDiagnostics(stack, (recordErrors) => call(recordErrors, { runProgram: true }));
  }
}

/** @throws UpdateError with the engine's errors, if the update fails */
async function withDiagnostics<T>(
  stack: string,
  call: (recordErrors: (event: EngineEvent) => void) => Promise<T>,
): Promise<T> {
  const diagnostics: string[] = [];
  try {
    return await call(({ diagnosticEvent, policyEvent }) => {
      if (diagnosticEvent?.severity === "error") diagnostics.push(plain(diagnosticEvent.message).trim());
      if (policyEvent?.enforcementLevel === "mandatory") diagnostics.push(violation(policyEvent));
    });
  } catch (error) {
    if (error instanceof ConcurrentUpdateError || diagnostics.length === 0) throw error;
    throw new UpdateError(stack, diagnostics);
  }
}

/** The error for a resource that breaks a mandatory policy. */
function violation({ resourceUrn = "the stack", policyName, message }: PolicyEvent): string {
  return `${resourceUrn.split("::").slice(-2).join(" ")} breaks the policy ${policyName}: ${plain(message).trim()}`;
}

/** The last line of a policy's message: the lines above it describe the policy. */
function advice({ message }: PolicyEvent): string {
  return plain(message).trim().split("\n").at(-1) ?? "";
}

/** A message of the program, such as where it deploys to. Undefined for a plugin's, which are about a resource. */
function programMessage({ diagnosticEvent }: EngineEvent): string | undefined {
  const { severity, urn, message = "" } = diagnosticEvent ?? {};
  const isForPerson = severity === "info" || severity === "warning";
  return isForPerson && urn === undefined ? plain(message).trim() : undefined;
}

/** The URN of the image that the program declares. */
async function imageUrn(stack: Stack, image: string): Promise<string> {
  const { name: project } = await stack.workspace.projectSettings();
  return `urn:pulumi:${stack.name}::${project}::docker:index/image:Image::${image}`;
}

/** Removes the engine's colour codes, such as `<{%reset%}>`. */
function plain(message: string): string {
  return message.replace(/<\{%[^%]*%\}>/g, "");
}

/** Before a warning of the program. */
const STACK_WARNS = /^.*pulumi:pulumi:Stack .* warning: /;

/** Shows the engine's output, except for `@ updating` and the dots with which it says that it waits. */
function linesTo(say: Say): (output: string) => void {
  return (output) => {
    for (const line of output.split("\n")) {
      if (!/^\s*(@ \w+)?[.\s]*$/.test(line)) say(line.replace(STACK_WARNS, "").trim());
    }
  };
}

/** For example `2 created, 1 updated`, or `no changes`. */
function changesIn(counts: Readonly<Record<string, number>>): string {
  const changed = Object.entries(counts).filter(([kind]) => kind !== "same");
  return changed.length === 0 ? "no changes" : changed.map(([kind, count]) => `${count} ${kind}`).join(", ");
}
