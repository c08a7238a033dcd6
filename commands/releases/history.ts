import { UserError } from "../../common/problem";
import { find } from "../../toolchain/acquire";
import { hostTools } from "../../toolchain/tools";
import type { Deployed } from "../deployed";
import { runPulumi } from "../state/cli";
import { openWorkspace } from "../state/stack";

/** An update that the engine has run. */
export interface Update {
  readonly kind: string;
  readonly result: string;
  readonly startTime: Date;
  readonly endTime: Date;
}

/** So many of the last updates are looked at: many of them roll nothing out. */
const UPDATES = 100;

/**
 * What the engine has done to a stack, newest first. It writes nothing; the Automation API would make this the stack
 * that plain `npx pulumi` commands mean.
 */
export async function readHistory({ machine, stack }: Deployed): Promise<Update[]> {
  const pulumi = await find(hostTools.pulumi, machine);
  if (typeof pulumi === "string") {
    throw new UserError({ what: `Pulumi is missing: ${pulumi}`, todo: "npm run up" });
  }
  const workspace = await openWorkspace(machine, pulumi);
  const page = ["--page-size", String(UPDATES), "--page", "1"];
  const json = await runPulumi(workspace, ["stack", "history", "--json", "--stack", stack, ...page]);
  const isTime = (key: string) => key === "startTime" || key === "endTime";
  return (JSON.parse(json, (key, value: string) => (isTime(key) ? new Date(value) : value)) ??
    []) as Update[];
}
