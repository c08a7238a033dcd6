import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import { readEnvironment } from "../cluster/connection/environment";
import { findProfileToStart } from "../cluster/kinds/minikube/find-profile";
import { clusterSteps, pulumiStep } from "../toolchain";
import { baseImageIn } from "../toolchain/cluster";
import { readMachine } from "../toolchain/machine";
import type { Step } from "../toolchain/step";
import { answerStep, deployStep, type Rollable } from "./deploy/steps";
import { ROOT } from "../common/root";
import { openStack, readConfig } from "./state/stack";
import { main } from "./terminal/main";
import { runSteps } from "./terminal/steps";

interface Up extends Rollable {
  readonly stackName: string;
}

const stackStep: Step<Up> = {
  title: "Stack",
  async run(context, say) {
    const stack = await openStack(context, context.stackName, say);
    const config = await readConfig(stack);
    const { nodePort, service } = config;
    const profile = await findProfileToStart(config.context, readEnvironment(context.machine.env));
    Object.assign(context, {
      stack,
      config,
      cluster: { profile, nodePort },
      baseImage: baseImageOf(service),
    });
    return context.stackName;
  },
};

/** Undefined where there is no Dockerfile: the program says what to do about that. */
function baseImageOf(service: string): string | undefined {
  const dockerfile = resolve(ROOT, service, "Dockerfile");
  return existsSync(dockerfile) ? baseImageIn(readFileSync(dockerfile, "utf8")) : undefined;
}

const { stack: stackName } = new Command("npm run up --")
  .description(
    "From a bare machine to a served URL: tools, cluster, stack. What is there already is left as it is.",
  )
  .option("--stack <name>", "the stack to create or update", "dev")
  .parse()
  .opts<{ stack: string }>();

void main(async () => {
  const context: Up = { machine: readMachine(), tools: new Map(), stackName };
  await runSteps<Up>([pulumiStep, stackStep, ...clusterSteps, deployStep, answerStep], context);
  if (context.toolFolder !== undefined) {
    console.log(`\nFor minikube and kubectl in this shell: export PATH="${context.toolFolder}:$PATH"`);
  }
  console.log(`\n${context.url}`);
});
