import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import { Command } from "commander";
import type { Config } from "../infra/config";
import { clusterSteps, pulumiStep, type Bringup } from "../toolchain";
import { baseImageIn } from "../toolchain/cluster";
import { readMachine } from "../toolchain/machine";
import type { Step } from "../toolchain/step";
import { deploy, waitForAnswer } from "./deploy";
import { ROOT } from "./root";
import { openStack, readConfig } from "./stack";
import { inTurn } from "./state";
import { main, runSteps } from "./steps";

interface Up extends Bringup {
  readonly stackName: string;
  stack?: Stack;
  config?: Config;
  url?: string;
}

const stackStep: Step<Up> = {
  title: "Stack",
  async run(context, say) {
    const stack = await openStack(context, context.stackName, say);
    const config = await readConfig(stack);
    const { context: profile, nodePort, service } = config;
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

const deployStep: Step<Up> = {
  title: "Deployment",
  async run(context, say) {
    const { stack, machine } = context;
    if (stack === undefined) throw new Error("the stack has not been opened");
    const state = { env: machine.env, unheard: "forget" } as const;
    const { outputs, changes } = await inTurn(stack, state, say, () => deploy(stack, say));
    context.url = String(outputs.url?.value);
    return changes;
  },
};

const answerStep: Step<Up> = {
  title: "URL",
  async run({ url, config }, say) {
    if (config?.replicas === 0) return "no replicas, so nothing answers";
    await waitForAnswer(`${url}${config?.readyPath}`, say);
    return "answers";
  },
};

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
