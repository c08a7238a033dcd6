import { dirname } from "node:path";
import {
  LocalWorkspace,
  PulumiCommand,
  StackNotFoundError,
  type LocalProgramArgs,
  type LocalWorkspaceOptions,
  type Stack,
} from "@pulumi/pulumi/automation";
import { parseConfig, type Config } from "../infra/config";
import type { Bringup } from "../toolchain";
import { hostTools } from "../toolchain/tools";
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
  await removeStaleLocks(stack, context.machine.env);
  return stack;
}

/** Selects the stack if there is one. */
export async function findStack(context: Bringup, stackName: string): Promise<Stack | undefined> {
  try {
    const stack = await LocalWorkspace.selectStack(...(await workspaceOf(context, stackName)));
    await removeStaleLocks(stack, context.machine.env);
    return stack;
  } catch (error) {
    if (error instanceof StackNotFoundError) return undefined;
    throw error;
  }
}

async function workspaceOf(
  { machine, tools }: Bringup,
  stackName: string,
): Promise<[LocalProgramArgs, LocalWorkspaceOptions]> {
  const found = tools.get(hostTools.pulumi.name);
  if (found === undefined) throw new Error("pulumi has not been looked for");
  const pulumiCommand = await PulumiCommand.get({ root: dirname(found.dir) });
  return [
    { stackName, workDir: ROOT },
    { pulumiCommand, envVars: passphrase(machine.env) },
  ];
}

/** Reads the stack's config as the program will: every problem is known before anything is built. */
export async function readConfig(stack: Stack): Promise<Config> {
  const { name } = await stack.workspace.projectSettings();
  const values = Object.entries(await stack.getAllConfig()).map(([key, { value }]) => [key, value]);
  return parseConfig(Object.fromEntries(values) as Record<string, string>, name);
}
