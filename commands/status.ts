import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { printableJson } from "../common/printable";
import { UserError } from "../common/problem";
import type { Apis } from "../cluster/connection/kubernetes-client";
import { apisOf, askCluster } from "./deployed/cluster";
import { readDeployed, type Deployed } from "./deployed";
import { onInterrupt } from "./terminal/interrupt";
import { readObjects } from "../cluster/objects";
import { readAutoscalers } from "../cluster/objects/autoscalers";
import { workloadOf } from "../cluster/objects/workload";
import { screen } from "./status/screen";
import { stateOf, type State } from "./status/state";
import { isColoured } from "./terminal/colours";
import { DEFAULT_STACK } from "../common/stack-hints";

/** How often --watch refreshes, in milliseconds. */
const EVERY_MS = 1_000;
/** Moves the cursor to the top and clears the screen. */
const CLEAR = "\x1b[H\x1b[J";

export const command = new Command("npm run status --")
  .description("Shows what runs, the last events, and what to do if something is wrong. Changes nothing.")
  .option("--stack <name>", "the stack to look at", DEFAULT_STACK)
  .option("--watch", "refresh until Ctrl-C", false)
  .option("--json", "JSON on standard output; with --watch, one line for each change", false)
  .addHelpText("after", "\nExit code 1 if something is wrong, or nothing is deployed.");

interface Options {
  readonly stack: string;
  readonly watch: boolean;
  readonly json: boolean;
}

export async function run({ stack, watch, json }: Options): Promise<number> {
  const deployed = await readDeployed(stack);
  const apis = await apisOf(deployed);
  const state = await readState(apis, deployed);
  const display = new Display(watch, json);
  display.show(state);
  if (watch) await watchState(apis, deployed, display);
  return state.troubles.length > 0 ? 1 : 0;
}

async function readState(apis: Apis, deployed: Deployed): Promise<State> {
  const workload = workloadOf(deployed.config);
  const [objects, autoscalers] = await askCluster(deployed, () =>
    Promise.all([readObjects(apis, workload), readAutoscalers(apis, workload)]),
  );
  return stateOf(deployed, objects, autoscalers);
}

/** Shows the state until Ctrl-C, even while the cluster is stopped. */
async function watchState(apis: Apis, deployed: Deployed, display: Display): Promise<never> {
  onInterrupt(() => process.exit());
  for (;;) {
    await sleep(EVERY_MS);
    try {
      display.show(await readState(apis, deployed));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      display.showTrouble(error.message);
    }
  }
}

/** Shows a state. On a terminal, a new screen replaces the last one. Elsewhere, only a changed state is shown. */
class Display {
  readonly #live: boolean;
  #shown = "";

  constructor(
    private readonly watch: boolean,
    private readonly json: boolean,
  ) {
    this.#live = watch && process.stdout.isTTY && !json;
  }

  show(state: State): void {
    const json = printableJson(state, this.watch ? 0 : 2);
    if (!this.#live && json === this.#shown) return;
    this.#shown = json;
    const text = this.json ? json : screen(state, isColoured(process.stdout));
    console.log(this.#live ? `${CLEAR}${text}` : text);
  }

  showTrouble(message: string): void {
    if (this.#live) console.log(`${CLEAR}${message}`);
    else if (message !== this.#shown) console.error(message);
    this.#shown = message;
  }
}
