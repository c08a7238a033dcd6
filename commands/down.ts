import type { Stack } from "@pulumi/pulumi/automation";
import { Command } from "commander";
import { connectCluster } from "../cluster";
import { readEnvironment } from "../cluster/connection/environment";
import { findProfile } from "../cluster/kinds/minikube/find-profile";
import { doubtDeletion } from "../cluster/objects/extension-apis";
import { UserError } from "../common/problem";
import type { Config } from "../infra/config";
import { prepareMinikube, preparePlugins, preparePulumi, whilePreparing } from "../toolchain";
import { deleteProfile, ensureContext, profileExists, refuseDeletion } from "../toolchain/cluster";
import { readMachine, type Machine } from "../toolchain/machine";
import type { Say } from "../toolchain/step";
import { destroy } from "./deploy/engine";
import { withStackLock } from "./state";
import { findStack, readConfig } from "./state/stack";
import { notice, runStep } from "./terminal/steps";
import { DEFAULT_STACK } from "../common/stack-hints";

export const command = new Command("npm run down --")
  .description("Destroys the stack. Tools and cluster stay, so the next `npm run up` is fast.")
  .option("--stack <name>", "the stack to destroy", DEFAULT_STACK)
  .option("--cluster", "delete the minikube profile too, if `npm run up` made it", false);

interface Options {
  readonly stack: string;
  readonly cluster: boolean;
}

export async function run(options: Options): Promise<void> {
  const machine = readMachine();
  await whilePreparing(machine, notice, () => takeDown(machine, options));
}

async function takeDown(machine: Machine, { stack: name, cluster: withCluster }: Options): Promise<void> {
  const pulumi = await preparePulumi(machine, runStep);
  const stack = await runStep(
    "Stack",
    (say) => findStack(machine, pulumi, name, say),
    (found) => (found === undefined ? `there is no ${name}` : name),
  );
  if (stack === undefined) return refuseUnknownCluster(name, withCluster);
  const config = await readConfig(stack);
  const profile = await findProfile(config, readEnvironment(machine.env));
  if (profile === undefined) {
    if (withCluster) throw notMinikube(config);
    // If the cluster doesn't answer, the state keeps its objects.
    return await destroyStack(machine, stack, (say) => warnOfStuckNamespace(machine, config, say));
  }
  const minikube = await prepareMinikube(machine, runStep);
  if (withCluster) await refuseDeletion(machine, profile);
  await destroyStack(machine, stack, async (say) => {
    if (await ensureContext(minikube, profile, say)) return await warnOfStuckNamespace(machine, config, say);
    if (!withCluster && profileExists(machine, profile)) throw notRunning(profile);
    // The cluster is gone, or about to be deleted: the plugin removes its objects from the state without asking it.
    Object.assign(stack.workspace.envVars, { PULUMI_K8S_DELETE_UNREACHABLE: "true" });
  });
  await runStep("Cluster", async (say) => {
    if (!withCluster || !profileExists(machine, profile)) return "left as it is";
    await deleteProfile(minikube, profile, say);
    return `${profile} deleted`;
  });
}

/** @param prepare runs first, in the same step */
async function destroyStack(
  machine: Machine,
  stack: Stack,
  prepare: (say: Say) => Promise<void>,
): Promise<void> {
  await preparePlugins(machine, false, runStep);
  await runStep("Destroy", async (say) => {
    await prepare(say);
    await withStackLock(stack, { machine, pendingCreates: "import" }, say, () => destroy(stack, say));
    return "done";
  });
}

/** Warns before the engine waits ten minutes for a namespace that Kubernetes can't delete. */
async function warnOfStuckNamespace(machine: Machine, config: Config, say: Say): Promise<void> {
  if (config.namespace === "default") return;
  const asked = connectCluster(config, readEnvironment(machine.env)).then(({ api }) =>
    doubtDeletion(api.apis),
  );
  const warning = await asked.catch(() => undefined); // the cluster doesn't answer: the engine says why
  if (warning !== undefined) say(warning, "notice");
}

/** @throws UserError if a cluster should be deleted: only the stack's config says which one */
function refuseUnknownCluster(stack: string, withCluster: boolean): void {
  if (!withCluster) return;
  throw new UserError({
    what: `There is no stack ${stack}, so it is unknown which cluster to delete`,
    todo: "npx pulumi stack ls, which lists the stacks; or minikube delete -p PROFILE, if you mean it",
  });
}

function notMinikube({ context }: Config): UserError {
  return new UserError({
    what: `The cluster ${context} is not one of minikube's, so it is not deleted`,
    todo: "run npm run down without --cluster",
  });
}

function notRunning(profile: string): UserError {
  return new UserError({
    what: `The cluster ${profile} does not run, so nothing in it can be deleted`,
    todo: `minikube start -p ${profile}, then run the same command again; or npm run down -- --cluster`,
  });
}
