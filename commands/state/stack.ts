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
import { prepareStack } from ".";
import type { PendingCreates } from "./pending";

/** The passphrase of a stack's secrets: empty, unless the environment sets one. */
function passphrase(env: NodeJS.ProcessEnv): Record<string, string> {
  if (env.PULUMI_CONFIG_PASSPHRASE !== undefined || env.PULUMI_CONFIG_PASSPHRASE_FILE !== undefined)
    return {};
  return { PULUMI_CONFIG_PASSPHRASE: "" };
}

/** Selects the stack, so that plain `npx pulumi` commands mean it too, and creates it if there is none. */
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
 * Selects a stack, or creates it with the secrets provider that its config names: the engine would fall back to the
 * passphrase, and drop the key of the secrets in there.
 */
export async function createOrSelect(workspace: Workspace, stackName: string): Promise<Stack> {
  const { secretsProvider } = await workspace.stackSettings(stackName).catch((): StackSettings => ({})); // no file yet
  Object.assign(workspace, { secretsProvider });
  try {
    return await Stack.createOrSelect(stackName, workspace);
  } catch (error) {
    if (!(error instanceof StackAlreadyExistsError)) throw error;
    return Stack.select(stackName, workspace); // made by another `npm run up` since it was looked for
  }
}

/** Opens a stack as openStack does, and reads its config meanwhile: each of them starts the CLI. */
export async function openWithConfig(
  machine: Machine,
  pulumi: Found,
  stackName: string,
  say: Say,
): Promise<{ stack: Stack; config: Config }> {
  const early = openWorkspace(machine, pulumi)
    .then((workspace) => configIn(workspace, stackName))
    .catch(() => undefined); // there is no stack yet, or its config is invalid: the second read says what is wrong
  const stack = await openStack(machine, pulumi, stackName, say);
  return { stack, config: (await early) ?? (await readConfig(stack)) };
}

/** Selects the stack if there is one, to destroy it. */
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

/** The project, with no stack selected: for commands that only read. */
export async function openWorkspace(machine: Machine, pulumi: Found): Promise<Workspace> {
  // Its own get() starts the CLI to learn its version, which is known.
  const known = [join(pulumi.dir, "pulumi"), semver.parse(pulumi.version)];
  const pulumiCommand = Reflect.construct(PulumiCommand, known) as PulumiCommand;
  const envVars = {
    ...passphrase(machine.env),
    PULUMI_LANGUAGE_NODEJS_RUN_PATH: join(ROOT, "infra/main.js"),
  };
  return LocalWorkspace.create({ workDir: ROOT, pulumiCommand, envVars });
}

/** The project, with the state of the stack prepared for an update. */
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

/** Reads the stack's config as the program will: every problem is known before anything is built. */
export function readConfig(stack: Stack): Promise<Config> {
  return configIn(stack.workspace, stack.name);
}

/** Reads a stack's config, whichever stack is selected. */
export async function configIn(workspace: Workspace, stackName: string): Promise<Config> {
  const { name } = await workspace.projectSettings();
  const all = Object.entries(await workspace.getAllConfig(stackName));
  return parseConfig({
    project: name,
    values: Object.fromEntries(all.map(([key, { value }]) => [key, value])),
    secretKeys: new Set(all.filter(([, { secret }]) => secret).map(([key]) => key)),
  });
}
