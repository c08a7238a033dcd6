import * as pulumi from "@pulumi/pulumi";
import { x } from "tinyexec";
import type { StackIdentity } from "../cluster/objects/ownership";

/** The stack that this program runs for. Reading its state takes a fifth of a second, and begins at once. */
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

/** The objects in the states of this backend's other stacks: UID to the stack's name. */
async function holdersBeside(stack: string): Promise<ReadonlyMap<string, string>> {
  const stacks = (await ask<readonly { readonly name: string }[]>("ls", "--all", "--json")) ?? [];
  const holders = new Map<string, string>();
  for (const { name } of stacks) {
    if (name === stack) continue; // a name without a project is of this project
    for (const uid of await uidsIn(name)) holders.set(uid, name);
  }
  return holders;
}

/** The part of an exported state that is read here. */
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

/** Runs `pulumi stack …`: the CLI is on PATH for the program. Secrets stay encrypted in an export. */
async function ask<Answer>(...args: readonly string[]): Promise<Answer | undefined> {
  try {
    const { stdout } = await x("pulumi", ["stack", ...args], { nodePath: false, throwOnError: true });
    return JSON.parse(stdout) as Answer;
  } catch (error) {
    await pulumi.log.warn(
      `Pulumi's state can't be read, so only annotations tell which stack made an object: ${(error as Error).message}`,
    );
    return undefined;
  }
}
