import { join } from "node:path";
import {
  LocalWorkspace,
  PulumiCommand,
  Stack,
  StackAlreadyExistsError,
  StackNotFoundError,
  type StackSettings,
  type Workspace,
} from "@pulumi/pulumi/automation";
import semver from "semver";
import { parseConfig, type Config } from "../../infra/config";
import type { Machine } from "../../toolchain/machine";
import type { Say } from "../../toolchain/step";
import type { Found } from "../../toolchain/tool";
import { ROOT } from "../../common/root";
import { runPath } from "../../common/run-path.mjs";
import { prepareStack } from ".";
import type { PendingCreates } from "./pending";
import { requireYaml } from "./stack-file";

/** The passphrase of a stack's secrets, as a variable: empty, unless the environment sets another. */
function passphrase(env: NodeJS.ProcessEnv): Record<string, string> {
  if (env.PULUMI_CONFIG_PASSPHRASE !== undefined || env.PULUMI_CONFIG_PASSPHRASE_FILE !== undefined)
    return {};
  return { PULUMI_CONFIG_PASSPHRASE: "" };
}

/** Selects the stack, also for plain `npx pulumi` commands. Creates it if it doesn't exist. */
export async function openStack(
  machine: Machine,
  pulumi: Found,
  stackName: string,
  say: Say,
): Promise<Stack> {
  const workspace = await prepareWorkspace(machine, pulumi, stackName, "clear", say);
  return createOrSelect(workspace, stackName);
}

/**
 * Selects a stack, or creates it with the secrets provider that its config names. The engine itself would use the
 * passphrase, and remove the key of the secrets from the config.
 */
export async function createOrSelect(workspace: Workspace, stackName: string): Promise<Stack> {
  const { secretsProvider } = await workspace.stackSettings(stackName).catch((): StackSettings => ({})); // no file yet
  Object.assign(workspace, { secretsProvider });
  try {
    return await Stack.createOrSelect(stackName, workspace);
  } catch (error) {
    if (!(error instanceof StackAlreadyExistsError)) throw error;
    return Stack.select(stackName, workspace); // another `npm run up` has just created it
  }
}

/** Opens a stack as openStack does, and reads its config at the same time: each of the two starts the CLI. */
export async function openWithConfig(
  machine: Machine,
  pulumi: Found,
  stackName: string,
  say: Say,
): Promise<{ stack: Stack; config: Config }> {
  const reading = openWorkspace(machine, pulumi)
    .then((workspace) => configIn(workspace, stackName))
    .catch(() => undefined); // no stack yet, or an invalid config, for which the second read has the error
  const stack = await openStack(machine, pulumi, stackName, say);
  return { stack, config: (await reading) ?? (await readConfig(stack)) };
}

/** Selects the stack in order to destroy it. Undefined if it doesn't exist. */
export async function findStack(
  machine: Machine,
  pulumi: Found,
  stackName: string,
  say: Say,
): Promise<Stack | undefined> {
  const workspace = await prepareWorkspace(machine, pulumi, stackName, "import", say);
  try {
    return await Stack.select(stackName, workspace);
  } catch (error) {
    if (error instanceof StackNotFoundError) return undefined;
    throw error;
  }
}

/** Opens the project without selecting a stack, for commands that only read. */
export async function openWorkspace(machine: Machine, pulumi: Found): Promise<Workspace> {
  // Not PulumiCommand.get(): it starts the CLI to ask for the version.
  const cli = [join(pulumi.dir, "pulumi"), semver.parse(pulumi.version)];
  const pulumiCommand = Reflect.construct(PulumiCommand, cli) as PulumiCommand;
  const envVars = {
    ...passphrase(machine.env),
    PULUMI_LANGUAGE_NODEJS_RUN_PATH: runPath(ROOT),
  };
  return LocalWorkspace.create({ workDir: ROOT, pulumiCommand, envVars });
}

/** Opens the project, and prepares the state of the stack for an update. */
async function prepareWorkspace(
  machine: Machine,
  pulumi: Found,
  stackName: string,
  pendingCreates: PendingCreates,
  say: Say,
): Promise<Workspace> {
  const workspace = await openWorkspace(machine, pulumi);
  await prepareStack(workspace, stackName, { machine, pendingCreates }, say);
  return workspace;
}

/** Reads the config of an open stack, as the program does. @throws UserError with all its problems */
export function readConfig(stack: Stack): Promise<Config> {
  return configIn(stack.workspace, stack.name);
}

/** Reads a stack's config, no matter which stack is selected. @throws UserError with all its problems */
export async function configIn(workspace: Workspace, stackName: string): Promise<Config> {
  const { name } = await workspace.projectSettings();
  const values = await workspace.getAllConfig(stackName).catch((error: unknown) => {
    requireYaml(workspace.workDir, stackName); // Pulumi's own error doesn't name the file
    throw error;
  });
  const all = Object.entries(values);
  return parseConfig({
    project: name,
    values: Object.fromEntries(all.map(([key, { value }]) => [key, value])),
    secretKeys: new Set(all.filter(([, { secret }]) => secret).map(([key]) => key)),
  });
}
