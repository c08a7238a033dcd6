import type { OutputMap, Stack } from "@pulumi/pulumi/automation";
import { UserError } from "../../common/problem";
import { connectCluster } from "../../cluster";
import { reasonOf } from "../../cluster/connection/kubernetes-client";
import type { Config } from "../../infra/config";
import { readEnvironment } from "../../cluster/connection/environment";
import type { Machine } from "../../toolchain/machine";
import type { Say } from "../../toolchain/step";
import { deploy, UpdateError } from "./engine";
import { imageIsLost } from "./lost-image";
import { inTurn } from "../state";
import { conclude, failedRollout, type InTurn } from "./conclusion";

/** A stack that is to be updated. */
export interface Deployable {
  readonly machine: Machine;
  readonly stack: Stack;
  readonly config: Config;
}

/**
 * Runs the stack's update, and where the release can't become ready puts the last good one back.
 *
 * @throws UserError if the update fails, also where another release is back
 */
export async function deployGuarded(
  deployable: Deployable,
  say: Say,
): Promise<{ outputs: OutputMap; changes: string }> {
  const { machine, stack, config } = deployable;
  const turn: InTurn = (update) => inTurn(stack, { env: machine.env, unheard: "forget" }, say, update);
  try {
    const rebuild = await imageIsLost({ machine, config, stack: stack.name });
    if (rebuild) say("the image of this release is gone from the node: building it again", "notice");
    return await turn(() => deploy(stack, say, { rebuild: rebuild ? config.name : undefined }));
  } catch (error) {
    if (!(error instanceof UpdateError) || !error.rolloutTimedOut) throw error;
    throw await afterTimeout(error, deployable, say, turn);
  }
}

/** What the engine said stays said, also where the cluster can't be asked any more. */
async function afterTimeout(
  timeout: UpdateError,
  { machine, stack, config }: Deployable,
  say: Say,
  turn: InTurn,
): Promise<UserError> {
  try {
    const cluster = await connectCluster(config.context, readEnvironment(machine.env));
    const failed = await failedRollout(cluster, config);
    return failed === undefined ? timeout : await conclude({ stack, config, cluster, ...failed }, say, turn);
  } catch (error) {
    const what = `No other release was put back: ${reasonOf(error)}`;
    const problems = error instanceof UserError ? error.problems : [{ what, todo: "npm run status" }];
    return new UserError(...timeout.problems, ...problems);
  }
}
