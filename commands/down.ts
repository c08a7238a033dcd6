import type { Stack } from "@pulumi/pulumi/automation";
import { Command } from "commander";
import { UserError } from "../common/problem";
import { readEnvironment } from "../cluster/connection/environment";
import { findProfile } from "../cluster/kinds/minikube/find-profile";
import { minikubeIn, minikubeStep, pluginSteps, pulumiStep, type Bringup } from "../toolchain";
import { deleteProfile, isRunning, profileExists, refuseDeletion } from "../toolchain/cluster";
import { readMachine } from "../toolchain/machine";
import type { Step } from "../toolchain/step";
import { destroy } from "./deploy/engine";
import { findStack, readConfig } from "./state/stack";
import { inTurn } from "./state";
import { main } from "./terminal/main";
import { runSteps } from "./terminal/steps";

interface Down extends Bringup {
  readonly stackName: string;
  readonly withCluster: boolean;
  stack?: Stack | undefined;
  /** The minikube profile that the stack is deployed to. */
  profile: string;
}

const stackStep: Step<Down> = {
  title: "Stack",
  async run(context, say) {
    context.stack = await findStack(context, context.stackName, say);
    if (context.stack === undefined) return `there is no ${context.stackName}`;
    const config = await readConfig(context.stack);
    context.profile = await findProfile(config.context, readEnvironment(context.machine.env));
    return context.stackName;
  },
};

/** Before anything is touched: a cluster that this project didn't make is never deleted. */
const ownershipStep: Step<Down> = {
  title: "Cluster",
  async run({ machine, profile, withCluster }) {
    if (withCluster) await refuseDeletion(machine, profile);
    return profile;
  },
};

const destroyStep: Step<Down> = {
  title: "Destroy",
  async run(context, say) {
    const { stack, machine } = context;
    if (stack === undefined) return "nothing to destroy";
    if (!(await isRunning(minikubeIn(context), context.profile))) await forgetOrRefuse(context);
    await inTurn(stack, { env: machine.env, unheard: "adopt" }, say, () => destroy(stack, say));
    return "done";
  },
};

/** What was in a cluster that is gone, or goes with this command, is gone: the plugin then only forgets it. */
function forgetOrRefuse({ machine, profile, withCluster, stack }: Down): Promise<void> {
  if (withCluster || !profileExists(machine, profile)) {
    Object.assign(stack?.workspace.envVars ?? {}, { PULUMI_K8S_DELETE_UNREACHABLE: "true" });
    return Promise.resolve();
  }
  throw new UserError({
    what: `the cluster ${profile} does not run, so nothing in it can be deleted`,
    todo: `minikube start -p ${profile}, then run the same command again; or npm run down -- --cluster`,
  });
}

const deleteStep: Step<Down> = {
  title: "Cluster",
  async run(context, say) {
    const { machine, profile, withCluster } = context;
    if (!withCluster || !profileExists(machine, profile)) return "left as it is";
    await deleteProfile(minikubeIn(context), profile, say);
    return `${profile} deleted`;
  },
};

const { stack: stackName, cluster: withCluster } = new Command("npm run down --")
  .description("Destroys the stack. Tools and cluster stay, so that the next `npm run up` is quick.")
  .option("--stack <name>", "the stack to destroy", "dev")
  .option("--cluster", "delete the minikube profile too, if `npm run up` made it", false)
  .parse()
  .opts<{ stack: string; cluster: boolean }>();

void main(async () => {
  const context: Down = {
    machine: readMachine(),
    tools: new Map(),
    stackName,
    withCluster,
    profile: "minikube",
  };
  const steps = [pulumiStep, stackStep, minikubeStep, ownershipStep, ...pluginSteps, destroyStep, deleteStep];
  await runSteps<Down>(steps, context);
});
