import * as pulumi from "@pulumi/pulumi";
import { x } from "tinyexec";
import type { StackIdentity } from "../cluster/objects/ownership";

/** The stack that this program runs for. Its state is read meanwhile, in a fifth of a second. */
export function stackIdentity(): StackIdentity {
  const stack = pulumi.getStack();
  const own = uidsIn(stack);
  let others: Promise<ReadonlyMap<string, string>> | undefined;
  return {
    name: `${pulumi.getProject()}/${stack}`,
    holds: async (uid) => (await own).includes(uid),
    otherHolder: async (uid) => (await (others ??= holdersBeside(stack))).get(uid),
  };
}

/** For each object in the states of this backend's other stacks: the stack's name. */
async function holdersBeside(stack: string): Promise<ReadonlyMap<string, string>> {
  const stacks = (await ask<readonly { readonly name: string }[]>("ls", "--all", "--json")) ?? [];
  const holders = new Map<string, string>();
  for (const { name } of stacks) {
    if (name === stack) continue; // short names are of this project
    for (const uid of await uidsIn(name)) holders.set(uid, name);
  }
  return holders;
}

/** The part of an exported state that matters here. */
interface State {
  readonly deployment?: {
    readonly resources?: readonly { readonly outputs?: { readonly metadata?: { readonly uid?: unknown } } }[];
  };
}

/** The UIDs of the Kubernetes objects in a stack's state. */
async function uidsIn(stack: string): Promise<readonly string[]> {
  const state = await ask<State>("export", "--stack", stack);
  const uids = (state?.deployment?.resources ?? []).map(({ outputs }) => outputs?.metadata?.uid);
  return uids.filter((uid) => typeof uid === "string");
}

/** Asks the engine's command line, which is on PATH for the program. Secrets stay encrypted in what it exports. */
async function ask<Answer>(...args: readonly string[]): Promise<Answer | undefined> {
  try {
    const { stdout } = await x("pulumi", ["stack", ...args], { nodePath: false, throwOnError: true });
    return JSON.parse(stdout) as Answer;
  } catch (error) {
    await pulumi.log.warn(
      `Only the annotation tells which stack made an object: ${(error as Error).message}`,
    );
    return undefined;
  }
}
