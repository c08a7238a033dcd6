import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { UserError } from "../common/problem";
import { askCluster, clusterOf, type Cluster } from "./deployed/cluster";
import { readDeployed, type Deployed } from "./deployed";
import { onInterrupt } from "./terminal/interrupt";
import { readObjects } from "../cluster/objects";
import { workloadOf } from "../cluster/objects/workload";
import { screen } from "./status/screen";
import { stateOf, type State } from "./status/state";
import { isColoured } from "./terminal/colours";
import { main } from "./terminal/main";

/** How often the screen is made anew while watching, in milliseconds. */
const EVERY_MS = 1_000;
/** Goes to the top and takes away what is there. */
const CLEAR = "\x1b[H\x1b[J";

const options = new Command("npm run status --")
  .description(
    "Shows what runs, what happened last, and what to do where something is wrong. Changes nothing.",
  )
  .option("--stack <name>", "the stack to look at", "dev")
  .option("--watch", "go on looking, until Ctrl-C", false)
  .option("--json", "JSON on standard output; with --watch one line each time that something changes", false)
  .addHelpText("after", "\nExit code 1 if something is wrong, or nothing is deployed.")
  .parse()
  .opts<{ stack: string; watch: boolean; json: boolean }>();

const live = options.watch && process.stdout.isTTY && !options.json;
let shown = "";

void main(async () => {
  const deployed = await readDeployed(options.stack);
  const cluster = await clusterOf(deployed);
  const state = await look(cluster, deployed);
  show(state);
  if (options.watch) await watch(cluster, deployed);
  else if (state.troubles.length > 0) process.exitCode = 1;
});

async function look(cluster: Cluster, deployed: Deployed): Promise<State> {
  const objects = await askCluster(deployed, () => readObjects(cluster, workloadOf(deployed.config)));
  return stateOf(deployed, objects);
}

/** A cluster that is stopped meanwhile may come back. */
async function watch(cluster: Cluster, deployed: Deployed): Promise<never> {
  onInterrupt(() => process.exit());
  for (;;) {
    await sleep(EVERY_MS);
    try {
      show(await look(cluster, deployed));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      showTrouble(error.message);
    }
  }
}

/** On a terminal each screen takes the last one's place; elsewhere it is only shown if something has changed. */
function show(state: State): void {
  const json = JSON.stringify(state, null, options.watch ? 0 : 2);
  if (!live && json === shown) return;
  shown = json;
  const text = options.json ? json : screen(state, isColoured(process.stdout));
  console.log(live ? `${CLEAR}${text}` : text);
}

function showTrouble(message: string): void {
  if (live) console.log(`${CLEAR}${message}`);
  else if (message !== shown) console.error(message);
  shown = message;
}
