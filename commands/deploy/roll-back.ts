import type { Stack } from "@pulumi/pulumi/automation";
import type { Cluster } from "../../cluster";
import { reasonOf } from "../../cluster/connection/kubernetes-client";
import { explainRollout } from "../../cluster/diagnosis/failed-rollout";
import { trackFlag, workloadOf } from "../../cluster/objects/workload";
import { untilComplete } from "../../cluster/releases/complete";
import {
  readRollouts,
  servingBeside,
  type Revision,
  type Rollout,
  type TrackRollout,
} from "../../cluster/releases/rollout";
import { type Problem, UserError } from "../../common/problem";
import type { Config } from "../../infra/config";
import type { Say } from "../../toolchain/step";
import { refresh } from "./engine";
import { undoRollout } from "./undo";

/** How much longer than a rollout's deadline the release that is put back may take, in milliseconds. */
const BEYOND_MS = 30_000;

/** A rollout that failed, and why. */
interface FailedRollout extends TrackRollout {
  readonly why: string;
}

/** Reads the rollouts that failed. One that has become complete in the meantime is none of them. */
export async function readFailedRollouts({ api }: Cluster, config: Config): Promise<FailedRollout[]> {
  const workload = workloadOf(config);
  const found = (await readRollouts(api.apis, workload)).map(async ({ track, rollout }) => {
    const why = await explainRollout(api.apis, { workload, track });
    return why === undefined ? [] : [{ track, rollout, why }];
  });
  return (await Promise.all(found)).flat();
}

/** What is needed to undo failed rollouts. */
export interface Situation {
  readonly stack: Stack;
  readonly config: Config;
  readonly cluster: Cluster;
  /** Runs an update of the stack while no other runs. */
  readonly locked: (update: () => Promise<void>) => Promise<void>;
}

/**
 * Puts the last good release of each track that failed back, unless config says otherwise. The other tracks stay as
 * they are.
 *
 * @returns the error to show: why each release failed, and which one serves now
 */
export async function rollBackFailed(
  failed: readonly FailedRollout[],
  situation: Situation,
  say: Say,
): Promise<UserError> {
  const problems = await Promise.all(failed.map((rollout) => rollBack(rollout, situation, say)));
  try {
    // After this, the engine's next update compares the code with the cluster, not with the failed release.
    if (situation.config.autoRollback) await situation.locked(() => refresh(situation.stack, say));
  } catch (error) {
    problems.push({
      what: `The stack's state is not up to date: ${reasonOf(error)}`,
      todo: "npx pulumi refresh",
    });
  }
  return new UserError(...problems);
}

async function rollBack(failed: FailedRollout, situation: Situation, say: Say): Promise<Problem> {
  const { track, rollout, why } = failed;
  const good = servingBeside(rollout);
  const todo = "fix what it says above, then npm run up";
  if (good === undefined) {
    return { what: `${why}\n\nThere is no earlier release that could be put back.`, todo };
  }
  const goBack = `npm run rollback${trackFlag(track)}`;
  if (!situation.config.autoRollback) {
    const what = `${why}\n\nIt is left as it is, to be looked at, because autoRollback is false.`;
    return { what, todo: `npm run status; ${goBack} goes back; or ${todo}` };
  }
  const release = rollout.current?.release;
  const earlier = good.release === release ? "its earlier configuration" : `release ${good.release}`;
  say(`${rollout.deployment.metadata?.name}: release ${release} failed: putting ${earlier} back`, "notice");
  const told = `${why}\n\nRelease ${release} failed; ${earlier}`;
  try {
    const ready = await putBack(rollout, good, situation);
    const end = ready ? "is back, and serves" : "was put back, but isn't ready yet: npm run status";
    return { what: `${told} ${end}.`, todo };
  } catch (error) {
    const what = `${told} could not be put back: ${reasonOf(error)}`;
    return { what, todo: `fix that, then ${goBack}` };
  }
}

/** @returns whether the release is complete again, in time */
async function putBack(
  rollout: Rollout,
  good: Revision,
  { config, cluster: { api } }: Situation,
): Promise<boolean> {
  await undoRollout(api.apis, rollout, good);
  const withinMs = config.progressDeadlineSeconds * 1000 + BEYOND_MS;
  const { name = "" } = rollout.deployment.metadata ?? {};
  return untilComplete(() => api.deployment(config.namespace, name), withinMs);
}
