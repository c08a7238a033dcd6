import type { Stack } from "@pulumi/pulumi/automation";
import type { Config } from "../../infra/config";
import { workloadOf } from "../../cluster/objects/workload";
import { pinNotice } from "../../cluster/releases/pin";
import type { Bringup } from "../../toolchain";
import type { Step } from "../../toolchain/step";
import { waitForAnswer } from "./answer";
import { deployGuarded } from "./guard";

/** What the last two steps of a command need that deploys. */
export interface Rollable extends Bringup {
  stack?: Stack;
  config?: Config;
  url?: string;
}

export const deployStep: Step<Rollable> = {
  title: "Deployment",
  async run(context, say) {
    const { stack, config, machine } = context;
    if (stack === undefined || config === undefined) throw new Error("the stack has not been opened");
    const { outputs, changes } = await deployGuarded({ machine, stack, config }, say);
    context.url = String(outputs.url?.value);
    const { rolledBack } = config;
    if (rolledBack !== undefined && outputs.release?.value === rolledBack.to) {
      say(pinNotice(rolledBack), "notice");
    }
    return changes;
  },
};

export const answerStep: Step<Rollable> = {
  title: "URL",
  async run({ url, config }, say) {
    if (config === undefined) throw new Error("the stack has not been opened");
    if (config.replicas === 0) return "no replicas, so nothing answers";
    await waitForAnswer(`${url}${config.readyPath}`, workloadOf(config), say);
    return "answers";
  },
};
