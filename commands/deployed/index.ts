import { StackNotFoundError, type Workspace } from "@pulumi/pulumi/automation";
import { UserError } from "../../common/problem";
import type { Config } from "../../infra/config";
import { find } from "../../toolchain/acquire";
import { readMachine, type Machine } from "../../toolchain/machine";
import { CommandError } from "../../toolchain/command";
import { hostTools } from "../../toolchain/tools";
import { runPulumi } from "../state/cli";
import { configIn, openWorkspace } from "../state/stack";
import { damageOf, newestCopy } from "../state/damage";
import { statePaths, type StatePaths } from "../state/paths";

/** A stack, by its name, and its config. */
export interface StackRef {
  readonly machine: Machine;
  readonly stack: string;
  readonly config: Config;
}

/** A deployed stack, and its URL. */
export interface Deployed extends StackRef {
  /** The project. No stack is selected in it. */
  readonly workspace: Workspace;
  /** For example `http://127.0.0.1:30080`. */
  readonly url: string;
  /** Set if this machine can't reach the URL: what to do. */
  readonly urlWarning: string | undefined;
}

/**
 * Reads a deployed stack. Downloads nothing, and doesn't select the stack for plain `npx pulumi` commands.
 *
 * @throws UserError if the stack is not deployed, or its state can't be read
 */
export async function readDeployed(stack: string): Promise<Deployed> {
  const machine = readMachine();
  const pulumi = await find(hostTools.pulumi, machine);
  if (typeof pulumi === "string") throw notDeployed(stack, `Pulumi ${hostTools.pulumi.version} is missing`);
  const workspace = await openWorkspace(machine, pulumi);
  refuseDamaged(await statePaths(workspace, stack, machine.env));
  const read = [configIn(workspace, stack), outputsOf(workspace, stack)] as const;
  const [config, outputs] = await Promise.all(read).catch((error: unknown) => {
    throw isNoStack(error) ? notDeployed(stack, `there is no stack ${stack}`) : error;
  });
  const urls = { url: urlIn(outputs, stack), urlWarning: urlWarningIn(outputs) };
  return { machine, stack, config, workspace, ...urls };
}

async function outputsOf(workspace: Workspace, stack: string): Promise<Readonly<Record<string, unknown>>> {
  const json = await runPulumi(workspace, ["stack", "output", "--json", "--stack", stack]);
  return JSON.parse(json) as Record<string, unknown>;
}

function refuseDamaged(paths: StatePaths | undefined): void {
  if (paths === undefined) return;
  const damage = damageOf(paths);
  if (damage === undefined) return;
  const copy = newestCopy(paths);
  throw new UserError({
    what: `The state of the stack ${paths.stack} can't be read (${damage.why})`,
    where: damage.file,
    todo: `npm run up, which recovers it${copy === undefined ? "" : ` from ${copy}`}`,
  });
}

/** Whether the Automation API or the CLI says that the stack doesn't exist. */
function isNoStack(error: unknown): boolean {
  return (
    error instanceof StackNotFoundError ||
    (error instanceof CommandError && /no stack named/.test(error.tail))
  );
}

function urlIn({ url }: Readonly<Record<string, unknown>>, stack: string): string {
  if (typeof url !== "string") throw notDeployed(stack, "it has no url yet");
  return url;
}

/** The output that says what to do if this machine can't reach the URL; undefined if it can. */
export function urlWarningIn({ urlWarning }: Readonly<Record<string, unknown>>): string | undefined {
  return (urlWarning as string | undefined) || undefined; // the output is empty if there is no warning
}

function notDeployed(stack: string, why: string): UserError {
  return new UserError({ what: `The stack ${stack} is not deployed: ${why}`, todo: "npm run up" });
}
