import { UserError } from "../../common/problem";
import type { Cluster } from "../../cluster";
import { reasonOf } from "../../cluster/connection/kubernetes-client";
import { workloadOf } from "../../cluster/objects/workload";
import { releaseFor } from "../../cluster/releases/pin";
import { readRollouts, type TrackRollout } from "../../cluster/releases/rollout";
import type { Config } from "../../infra/config";
import { BUILD_CONTEXT, type BuildContext } from "../../infra/image/build-context";
import type { RunStep, Say } from "../../toolchain/step";
import { urlWarningIn, type Deployed, type StackRef } from "../deployed";
import { askCluster } from "../deployed/cluster";
import { waitForAnswer } from "./answer";
import { updateLocked, type Deployable } from "./deployable";
import { deploy, UpdateError, type UpdateResult } from "./engine";
import { readFailedRollouts, rollBackFailed } from "./roll-back";

/** The URL of a stack's service. */
type StackUrl = Pick<Deployed, "url" | "urlWarning">;

/** Runs the stack's update, as a step. @param context the code's build context */
export async function updateStack(
  deployable: Deployable,
  context: BuildContext,
  runStep: RunStep,
): Promise<StackUrl> {
  const { outputs } = await runStep(
    "Deployment",
    (say) => deployOrRollBack(deployable, context, say),
    ({ changes }) => changes,
  );
  return { url: String(outputs.url), urlWarning: urlWarningIn(outputs) };
}

/** Waits until the service answers at the stack's URL, as a step. */
export async function waitForUrl(
  { url, urlWarning }: StackUrl,
  config: Config,
  runStep: RunStep,
): Promise<void> {
  await runStep("URL", async (say) => {
    if (config.tracks.every(({ replicas }) => replicas === 0)) return "no replicas, so nothing answers";
    if (urlWarning !== undefined) return "deployed, and not asked";
    await waitForAnswer(url, workloadOf(config), say);
    return "answers";
  });
}

/**
 * Runs the stack's update. If the release doesn't become ready, deploys the last good release again.
 *
 * @param context the code's build context, which the program deploys unless config names another release
 * @throws UserError if the update fails, even if the last good release serves again
 */
export async function deployOrRollBack(
  deployable: Deployable,
  context: BuildContext,
  say: Say,
): Promise<UpdateResult> {
  const { machine, stack, config, cluster } = deployable;
  stack.workspace.envVars[BUILD_CONTEXT] = JSON.stringify(context);
  try {
    const rebuild = await isImageLost(cluster, { machine, config, stack: stack.name }, context.tag);
    if (rebuild) say("the image of this release is gone: building it again", "notice");
    const options = { rebuild: rebuild ? config.name : undefined };
    return await updateLocked(deployable, say, () => deploy(stack, say, options));
  } catch (error) {
    if (!(error instanceof UpdateError) || !error.rolloutTimedOut) throw error;
    throw await rollBackAfterTimeout(error, deployable, say);
  }
}

/**
 * Whether the image of the code's release was deployed and then removed by somebody. The engine relies on its state, and
 * would not build the image again.
 */
async function isImageLost(cluster: Cluster, ref: StackRef, code: string): Promise<boolean> {
  const { config } = ref;
  const workload = workloadOf(config);
  const rollouts = await askCluster(ref, () => readRollouts(cluster.api.apis, workload));
  const runsCode = ({ track, rollout }: TrackRollout) =>
    releaseFor(track, code, config.rolledBack) === code && rollout.current?.release === code;
  if (!rollouts.some(runsCode)) return false;
  return (await cluster.kind.images(workload.name).tags([code])).length === 0;
}

/** @returns the error to show. It has the engine's errors even if the cluster doesn't answer any more */
async function rollBackAfterTimeout(
  timeout: UpdateError,
  deployable: Deployable,
  say: Say,
): Promise<UserError> {
  try {
    const failed = await readFailedRollouts(deployable);
    return failed.length === 0 ? timeout : await rollBackFailed(failed, deployable, say);
  } catch (error) {
    const what = `The last good release was not deployed again: ${reasonOf(error)}`;
    const todo = "npm run status";
    const problems = error instanceof UserError ? error.problems : [{ what, todo }];
    return new UserError(...timeout.problems, ...problems);
  }
}
