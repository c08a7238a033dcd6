import { StackNotFoundError, type OutputMap } from "@pulumi/pulumi/automation";
import { UserError } from "../../common/problem";
import type { Config } from "../../infra/config";
import { find } from "../../toolchain/acquire";
import { readMachine, type Machine } from "../../toolchain/machine";
import { hostTools } from "../../toolchain/tools";
import { configIn, openWorkspace } from "../state/stack";
import { damageOf, newestCopy } from "../state/damage";
import { statePaths, type StatePaths } from "../state/paths";

/** A stack, by its name, and its config. */
export interface StackRef {
  readonly machine: Machine;
  readonly stack: string;
  readonly config: Config;
}

/** A stack that is deployed, and its URL. */
export interface Deployed extends StackRef {
  /** Such as `http://127.0.0.1:30080`. */
  readonly url: string;
}

/**
 * Reads a stack without changing anything: nothing is downloaded, and the stack that plain `npx pulumi` commands act on
 * stays the same.
 *
 * @throws UserError if it is not deployed, or its state can't be read
 */
export async function readDeployed(stack: string): Promise<Deployed> {
  const machine = readMachine();
  const pulumi = await find(hostTools.pulumi, machine);
  if (typeof pulumi === "string") throw notDeployed(stack, `Pulumi ${hostTools.pulumi.version} is missing`);
  const workspace = await openWorkspace(machine, pulumi);
  refuseDamaged(await statePaths(workspace, stack, machine.env));
  const [config, outputs] = await Promise.all([
    configIn(workspace, stack),
    workspace.stackOutputs(stack),
  ]).catch((error: unknown) => {
    throw error instanceof StackNotFoundError ? notDeployed(stack, `there is no stack ${stack}`) : error;
  });
  return { machine, stack, config, url: urlIn(outputs, stack) };
}

function refuseDamaged(paths: StatePaths | undefined): void {
  if (paths === undefined) return;
  const damage = damageOf(paths);
  if (damage === undefined) return;
  const copy = newestCopy(paths);
  throw new UserError({
    what: `the state of the stack ${paths.stack} can't be read (${damage.why})`,
    where: damage.file,
    todo: `npm run up, which recovers it${copy === undefined ? "" : ` from ${copy}`}`,
  });
}

function urlIn({ url }: OutputMap, stack: string): string {
  if (typeof url?.value !== "string") throw notDeployed(stack, "it has no url yet");
  return url.value;
}

function notDeployed(stack: string, why: string): UserError {
  return new UserError({ what: `The stack ${stack} is not deployed: ${why}`, todo: "npm run up" });
}
