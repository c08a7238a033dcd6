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
import type { Say } from "../../toolchain/step";
import { updateLocked, type Deployable } from "./deployable";
import { refresh } from "./engine";
import { undoRollout } from "./undo";

/** How much longer than a rollout's deadline the rollback may take, in milliseconds. */
const EXTRA_MS = 30_000;

/** A failed rollout, and the reason. */
interface FailedRollout extends TrackRollout {
  readonly why: string;
}

/** Reads the rollouts that have failed, and are still not complete. */
export async function readFailedRollouts({ config, cluster }: Deployable): Promise<FailedRollout[]> {
  const { apis } = cluster.api;
  const workload = workloadOf(config);
  const found = (await readRollouts(apis, workload)).map(async ({ track, rollout }) => {
    const why = await explainRollout(apis, { workload, track });
    return why === undefined ? [] : [{ track, rollout, why }];
  });
  return (await Promise.all(found)).flat();
}

/**
 * Rolls each failed track back to its last good release, unless config says otherwise. Other tracks stay as they are.
 *
 * @returns the error to show: why each release failed, and which release serves now
 */
export async function rollBackFailed(
  failed: readonly FailedRollout[],
  deployable: Deployable,
  say: Say,
): Promise<UserError> {
  const problems = await Promise.all(failed.map((rollout) => rollBack(rollout, deployable, say)));
  try {
    // Without this, the engine's next update would compare the code with the failed release.
    if (deployable.config.autoRollback)
      await updateLocked(deployable, say, () => refresh(deployable.stack, say));
  } catch (error) {
    problems.push({
      what: `The stack's state is not up to date: ${reasonOf(error)}`,
      todo: "npx pulumi refresh",
    });
  }
  return new UserError(...problems);
}

async function rollBack(failed: FailedRollout, deployable: Deployable, say: Say): Promise<Problem> {
  const { track, rollout, why } = failed;
  const good = servingBeside(rollout);
  const todo = "fix the error above, then npm run up";
  if (good === undefined) {
    return { what: `${why}\n\nThere is no earlier release that could be put back.`, todo };
  }
  const rollback = `npm run rollback${trackFlag(track)}`;
  if (!deployable.config.autoRollback) {
    const what = `${why}\n\nThe Deployment keeps the failed release, because autoRollback is false.`;
    return { what, todo: `npm run status; ${rollback} goes back; or ${todo}` };
  }
  const release = rollout.current?.release;
  const earlier = good.release === release ? "its earlier configuration" : `release ${good.release}`;
  say(
    `${rollout.deployment.metadata?.name}: release ${release} failed: rolling back to ${earlier}`,
    "notice",
  );
  const failure = `${why}\n\nRelease ${release} failed; ${earlier}`;
  try {
    const ready = await undoAndWait(rollout, good, deployable);
    const end = ready ? "is back, and serves" : "was put back, but isn't ready yet: npm run status";
    return { what: `${failure} ${end}.`, todo };
  } catch (error) {
    const what = `${failure} could not be put back: ${reasonOf(error)}`;
    return { what, todo: `fix that, then ${rollback}` };
  }
}

/** @returns whether the rollback is complete in time */
async function undoAndWait(
  rollout: Rollout,
  good: Revision,
  { config, cluster: { api } }: Deployable,
): Promise<boolean> {
  await undoRollout(api.apis, rollout, good);
  const withinMs = config.progressDeadlineSeconds * 1000 + EXTRA_MS;
  const { name = "" } = rollout.deployment.metadata ?? {};
  return untilComplete(() => api.deployment(config.namespace, name), withinMs);
}
