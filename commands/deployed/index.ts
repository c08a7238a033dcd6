import { StackNotFoundError, type OutputMap } from "@pulumi/pulumi/automation";
import { UserError } from "../../common/problem";
import type { Config } from "../../infra/config";
import { find } from "../../toolchain/acquire";
import { readMachine, type Machine } from "../../toolchain/machine";
import { hostTools } from "../../toolchain/tools";
import { configIn, openWorkspace } from "../state/stack";
import { damageOf, newestCopy } from "../state/damage";
import { statePlace, type StatePlace } from "../state/place";

/** What a stack is meant to be. */
export interface Meant {
  readonly machine: Machine;
  readonly stack: string;
  readonly config: Config;
}

/** A stack that is deployed, and where it is reached. */
export interface Deployed extends Meant {
  /** Such as `http://127.0.0.1:30080`. */
  readonly url: string;
}

/**
 * Reads a stack without touching it: nothing is downloaded, and it doesn't become the one that plain `npx pulumi`
 * commands mean.
 *
 * @throws UserError if it is not deployed, or its state can't be read
 */
export async function readDeployed(stack: string): Promise<Deployed> {
  const machine = readMachine();
  const pulumi = await find(hostTools.pulumi, machine);
  if (typeof pulumi === "string") throw notDeployed(stack, `Pulumi ${hostTools.pulumi.version} is missing`);
  const workspace = await openWorkspace(machine, pulumi);
  refuseDamaged(await statePlace(workspace, stack, machine.env));
  const [config, outputs] = await Promise.all([
    configIn(workspace, stack),
    workspace.stackOutputs(stack),
  ]).catch((error: unknown) => {
    throw error instanceof StackNotFoundError ? notDeployed(stack, `there is no stack ${stack}`) : error;
  });
  return { machine, stack, config, url: urlIn(outputs, stack) };
}

function refuseDamaged(place: StatePlace | undefined): void {
  if (place === undefined) return;
  const damage = damageOf(place);
  if (damage === undefined) return;
  const copy = newestCopy(place);
  throw new UserError({
    what: `the state of the stack ${place.stack} can't be read (${damage.why})`,
    where: damage.file,
    todo: `${upCommand(place.stack)}, which recovers it${copy === undefined ? "" : ` from ${copy}`}`,
  });
}

function urlIn({ url }: OutputMap, stack: string): string {
  if (typeof url?.value !== "string") throw notDeployed(stack, "it has no url yet");
  return url.value;
}

function notDeployed(stack: string, why: string): UserError {
  return new UserError({ what: `The stack ${stack} is not deployed: ${why}`, todo: upCommand(stack) });
}

/** What to type to deploy a stack. */
export function upCommand(stack: string): string {
  return stack === "dev" ? "npm run up" : `npm run up -- --stack ${stack}`;
}
