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

/** What an update does beside applying the changes. */
export interface DeployOptions {
  /** The name of an image that is built again, although the engine knows of no change. */
  readonly rebuild?: string | undefined;
  /** The only resources that are updated, by their names in the engine, `*` for any part of one. */
  readonly target?: string[];
}

/** What an update has come to. */
export interface Deployment {
  /** The stack's outputs, by name. A secret one is not readable. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** A few words on the changes. */
  readonly changes: string;
}

/**
 * Runs the stack's update.
 *
 * @throws UpdateError with the engine's diagnostics, if it fails; ConcurrentUpdateError if another update runs
 */
export async function deploy(stack: Stack, say: Say, options: DeployOptions): Promise<Deployment> {
  const { rebuild, target } = options;
  const replace = rebuild === undefined ? [] : [await imageUrn(stack, rebuild)];
  const update = {
    replace,
    ...(target && { target }),
    policyPacks: policyPacks(say),
    color: "never",
  } as const;
  let outputs: Deployment["outputs"] = {};
  let counts: OpMap = {};
  readNothingAfterwards(stack);
  await callEngine(stack.name, (note, way) => {
    const onEvent = (event: EngineEvent) => {
      note(event);
      const { policyEvent, summaryEvent, resOutputsEvent } = event;
      const told = toldByProgram(event);
      if (told !== undefined) say(told, "notice");
      if (policyEvent && policyEvent.enforcementLevel !== "mandatory") say(advice(policyEvent), "notice");
      if (resOutputsEvent?.metadata.type === "pulumi:pulumi:Stack") {
        outputs = resOutputsEvent.metadata.new?.outputs ?? outputs;
      }
      counts = summaryEvent?.resourceChanges ?? counts;
    };
    return stack.up({ ...update, ...way, onOutput: linesTo(say), onEvent });
  });
  return { outputs, changes: changesIn(counts) };
}

/** After an update the Automation API starts the CLI three times to read outputs and summary: the events have both. */
function readNothingAfterwards(stack: Stack): void {
  stack.outputs = () => Promise.resolve({});
  stack.info = () => Promise.resolve(undefined);
}

/**
 * Runs the stack's destroy.
 *
 * @throws UpdateError with the engine's diagnostics, if it fails; ConcurrentUpdateError if another update runs
 */
export async function destroy(stack: Stack, say: Say): Promise<void> {
  await callEngine(stack.name, (onEvent, way) =>
    stack.destroy({ ...way, color: "never", onOutput: linesTo(say), onEvent }),
  );
}

/** Reads the cluster into the engine's state. @throws as `deploy` does */
export async function refresh(stack: Stack, say: Say): Promise<void> {
  await callEngine(stack.name, (onEvent, way) =>
    stack.refresh({ ...way, color: "never", onOutput: linesTo(say), onEvent }),
  );
}

/** Parts of the errors of a rollout that isn't complete in time: the plugin's words (await/error.go), our code. */
const INCOMPLETE = ["timed out waiting to be Ready", ROLLOUT_INCOMPLETE];

/** Part of the plugin's error if the cluster can't be reached by the context in the state (provider.go). */
const UNREACHABLE = "due to unreachable cluster";

/** An update that failed, with the engine's errors. */
export class UpdateError extends UserError {
  /** @param diagnostics the engine's errors, as it wrote them */
  constructor(
    stack: string,
    private readonly diagnostics: readonly string[],
  ) {
    super({
      what: `the update of the stack ${stack} failed:\n\n${diagnostics.join("\n\n")}\n`,
      todo: "fix what it says above, then run the same command again",
    });
  }

  /** Whether a Deployment didn't become ready in time: in the plugin's words, or in the program's. */
  get rolloutTimedOut(): boolean {
    return this.diagnostics.some((text) => INCOMPLETE.some((words) => text.includes(words)));
  }

  /** Whether the cluster can't be reached by the context in the state. */
  get unreachable(): boolean {
    return this.diagnostics.some((text) => text.includes(UNREACHABLE));
  }
}

/** How the engine finds the cluster: from the state, or, more slowly, by running the program. */
type Way = { readonly runProgram?: true };

/**
 * Calls the engine. After `kubectl config rename-context`, or with another KUBECONFIG, the context that the state has
 * noted is gone: then the program says where the cluster is.
 *
 * @throws UpdateError with the engine's errors, if the update fails
 */
async function callEngine<T>(
  stack: string,
  call: (note: (event: EngineEvent) => void, way: Way) => Promise<T>,
): Promise<T> {
  try {
    return await withDiagnostics(stack, (note) => call(note, {}));
  } catch (error) {
    if (!(error instanceof UpdateError) || !error.unreachable) throw error;
    return await withDiagnostics(stack, (note) => call(note, { runProgram: true }));
  }
}

/** @throws UpdateError with the engine's errors, if the update fails */
async function withDiagnostics<T>(
  stack: string,
  call: (note: (event: EngineEvent) => void) => Promise<T>,
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

/** The resource, the rule that it breaks, and what to do. */
function violation({ resourceUrn = "the stack", policyName, message }: PolicyEvent): string {
  return `${resourceUrn.split("::").slice(-2).join(" ")} breaks the policy ${policyName}: ${plain(message).trim()}`;
}

/** The policy pack's own words, without the description of the rule above them. */
function advice({ message }: PolicyEvent): string {
  return plain(message).trim().split("\n").at(-1) ?? "";
}

/** What the program tells a person, such as where it deploys to. A plugin's messages are about a resource. */
function toldByProgram({ diagnosticEvent }: EngineEvent): string | undefined {
  const { severity, urn, message = "" } = diagnosticEvent ?? {};
  const isForPerson = severity === "info" || severity === "warning";
  return isForPerson && urn === undefined ? plain(message).trim() : undefined;
}

/** The engine's name for the image that the program declares. */
async function imageUrn(stack: Stack, image: string): Promise<string> {
  const { name: project } = await stack.workspace.projectSettings();
  return `urn:pulumi:${stack.name}::${project}::docker:index/image:Image::${image}`;
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
