import { dirname } from "node:path";
import {
  LocalWorkspace,
  PulumiCommand,
  StackNotFoundError,
  type LocalProgramArgs,
  type LocalWorkspaceOptions,
  type Stack,
  type Workspace,
} from "@pulumi/pulumi/automation";
import { parseConfig, type Config } from "../infra/config";
import type { Bringup } from "../toolchain";
import type { Machine } from "../toolchain/machine";
import type { Found } from "../toolchain/tool";
import { hostTools } from "../toolchain/tools";
import { forgetPending } from "./pending";
import { ROOT } from "./root";
import { removeStaleLocks } from "./stale-locks";

/** A stack's state is encrypted with a passphrase; without one that is set, it is the empty one. */
function passphrase(env: NodeJS.ProcessEnv): Record<string, string> {
  if (env.PULUMI_CONFIG_PASSPHRASE !== undefined || env.PULUMI_CONFIG_PASSPHRASE_FILE !== undefined)
    return {};
  return { PULUMI_CONFIG_PASSPHRASE: "" };
}

/** Selects the stack, so that plain `npx pulumi` commands mean it too, and creates it if there is none. */
export async function openStack(context: Bringup, stackName: string): Promise<Stack> {
  const stack = await LocalWorkspace.createOrSelectStack(...(await workspaceOf(context, stackName)));
  await afterKill(stack, context.machine);
  return stack;
}

/** Selects the stack if there is one. */
export async function findStack(context: Bringup, stackName: string): Promise<Stack | undefined> {
  try {
    const stack = await LocalWorkspace.selectStack(...(await workspaceOf(context, stackName)));
    await afterKill(stack, context.machine);
    return stack;
  } catch (error) {
    if (error instanceof StackNotFoundError) return undefined;
    throw error;
  }
}

/** The project, with no stack selected: for commands that only read. */
export async function openWorkspace(machine: Machine, pulumi: Found): Promise<Workspace> {
  return LocalWorkspace.create({ workDir: ROOT, ...(await optionsFor(machine, pulumi)) });
}

/** What an update left that was killed is in nobody's way. */
async function afterKill(stack: Stack, { env }: Machine): Promise<void> {
  if (await removeStaleLocks(stack, env)) await forgetPending(stack);
}

async function workspaceOf(
  { machine, tools }: Bringup,
  stackName: string,
): Promise<[LocalProgramArgs, LocalWorkspaceOptions]> {
  const found = tools.get(hostTools.pulumi.name);
  if (found === undefined) throw new Error("pulumi has not been looked for");
  return [{ stackName, workDir: ROOT }, await optionsFor(machine, found)];
}

async function optionsFor(machine: Machine, pulumi: Found): Promise<LocalWorkspaceOptions> {
  const pulumiCommand = await PulumiCommand.get({ root: dirname(pulumi.dir) });
  return { pulumiCommand, envVars: passphrase(machine.env) };
}

/** Reads the stack's config as the program will: every problem is known before anything is built. */
export function readConfig(stack: Stack): Promise<Config> {
  return configIn(stack.workspace, stack.name);
}

/** Reads a stack's config, whichever stack is selected. */
export async function configIn(workspace: Workspace, stackName: string): Promise<Config> {
  const { name } = await workspace.projectSettings();
  const all = await workspace.getAllConfig(stackName);
  const values = Object.entries(all).map(([key, { value }]) => [key, value]);
  return parseConfig(Object.fromEntries(values) as Record<string, string>, name);
}
