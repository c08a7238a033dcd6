import type { Stack } from "@pulumi/pulumi/automation";
import { UserError } from "../../common/problem";
import type { Cluster } from "../../cluster";
import { reasonOf } from "../../cluster/connection/kubernetes-client";
import type { Config } from "../../infra/config";
import type { Machine } from "../../toolchain/machine";
import type { Say } from "../../toolchain/step";
import { deploy, UpdateError, type Deployment } from "./engine";
import { imageIsLost } from "./lost-image";
import { withStackLock } from "../state";
import { readFailedRollouts, rollBackFailed } from "./roll-back";

/** A stack to update, and the cluster that it is deployed to. */
export interface Deployable {
  readonly machine: Machine;
  readonly stack: Stack;
  readonly config: Config;
  readonly cluster: Cluster;
}

/**
 * Runs the stack's update. If the release can't become ready, the last good release is deployed again.
 *
 * @param code the tag of the code's release
 * @throws UserError if the update fails, also if another release is back
 */
export async function deployGuarded(deployable: Deployable, code: string, say: Say): Promise<Deployment> {
  const { machine, stack, config, cluster } = deployable;
  try {
    const rebuild = await imageIsLost(cluster, { machine, config, stack: stack.name }, code);
    if (rebuild) say("the image of this release is gone: building it again", "notice");
    const options = { rebuild: rebuild ? config.name : undefined };
    return await locked(deployable, say, () => deploy(stack, say, options));
  } catch (error) {
    if (!(error instanceof UpdateError) || !error.rolloutTimedOut) throw error;
    throw await afterTimeout(error, deployable, say);
  }
}

function locked<T>({ machine, stack }: Deployable, say: Say, update: () => Promise<T>): Promise<T> {
  return withStackLock(stack, { machine, pendingCreates: "clear" }, say, update);
}

/** The engine's own errors are part of the result, even if the cluster can't be asked any more. */
async function afterTimeout(timeout: UpdateError, deployable: Deployable, say: Say): Promise<UserError> {
  const { stack, config, cluster } = deployable;
  try {
    const failed = await readFailedRollouts(cluster, config);
    if (failed.length === 0) return timeout;
    const withLock = (update: () => Promise<void>) => locked(deployable, say, update);
    return await rollBackFailed(failed, { stack, config, cluster, locked: withLock }, say);
  } catch (error) {
    const what = `No other release was put back: ${reasonOf(error)}`;
    const todo = "npm run status";
    const problems = error instanceof UserError ? error.problems : [{ what, todo }];
    return new UserError(...timeout.problems, ...problems);
  }
}
