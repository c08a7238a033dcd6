import { Command } from "commander";
import { printableJson } from "../common/printable";
import { connectCluster } from "../cluster";
import { readEnvironment } from "../cluster/connection/environment";
import { DEFAULT_STACK, forStack } from "../common/stack-hints";
import { readDeployed } from "./deployed";
import { readReleases } from "./releases/read";
import { table } from "./releases/list";

export const command = new Command("npm run releases --")
  .description("Lists the releases so far: tag, time, result, and which one serves.")
  .option("--stack <name>", "the stack whose releases they are", DEFAULT_STACK)
  .option("--json", "JSON on standard output", false)
  .addHelpText("after", "\nChanges nothing. npm run rollback goes back to one.");

interface Options {
  readonly stack: string;
  readonly json: boolean;
}

export async function run({ stack, json }: Options): Promise<void> {
  const deployed = await readDeployed(stack);
  const { machine, config } = deployed;
  const cluster = await connectCluster(config, readEnvironment(machine.env));
  const releases = await readReleases(deployed, cluster);
  console.log(json ? printableJson(releases, 2) : forStack(table(releases, config), stack));
}
