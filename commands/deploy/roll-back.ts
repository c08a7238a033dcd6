import type { Stack } from "@pulumi/pulumi/automation";
import type { Cluster } from "../../cluster";
import { reasonOf } from "../../cluster/connection/kubernetes-client";
import { explainRollout } from "../../cluster/diagnosis/failed-rollout";
import { workloadOf } from "../../cluster/objects/workload";
import { untilComplete } from "../../cluster/releases/complete";
import { readRollout, servingBeside, type Revision, type Rollout } from "../../cluster/releases/rollout";
import { UserError } from "../../common/problem";
import type { Config } from "../../infra/config";
import type { Say } from "../../toolchain/step";
import { refresh } from "./engine";
import { undoRollout } from "./undo";

/** How much longer than a rollout's deadline the release that is put back may take, in milliseconds. */
const BEYOND_MS = 30_000;

/** A rollout that failed, and why. */
interface FailedRollout {
  readonly rollout: Rollout;
  readonly why: string;
}

/** Reads the rollout that failed. Undefined if it has become complete in the meantime. */
export async function readFailedRollout(
  { api }: Cluster,
  config: Config,
): Promise<FailedRollout | undefined> {
  const workload = workloadOf(config);
  const [track] = workload.tracks;
  const [rollout, why] = await Promise.all([
    readRollout(api.apis, workload, track),
    explainRollout(api.apis, { workload, track }),
  ]);
  return rollout === undefined || why === undefined ? undefined : { rollout, why };
}

/** A failed rollout, and what is needed to undo it. */
export interface Situation extends FailedRollout {
  readonly stack: Stack;
  readonly config: Config;
  readonly cluster: Cluster;
  /** Runs an update of the stack while no other runs. */
  readonly locked: (update: () => Promise<void>) => Promise<void>;
}

/**
 * Puts the last good release back, unless config says otherwise.
 *
 * @returns the error to show: why the release failed, and which one serves now
 */
export async function rollBackFailed(situation: Situation, say: Say): Promise<UserError> {
  const { rollout, why, config } = situation;
  const good = servingBeside(rollout);
  const todo = "fix what it says above, then npm run up";
  if (good === undefined) {
    return new UserError({ what: `${why}\n\nThere is no earlier release that could be put back.`, todo });
  }
  if (!config.autoRollback) {
    const what = `${why}\n\nIt is left as it is, to be looked at, because autoRollback is false.`;
    return new UserError({ what, todo: `npm run status; npm run rollback goes back; or ${todo}` });
  }
  const failed = rollout.current?.release;
  const earlier = good.release === failed ? "its earlier configuration" : `release ${good.release}`;
  say(`release ${failed} failed: putting ${earlier} back`, "notice");
  const told = `${why}\n\nRelease ${failed} failed; ${earlier}`;
  try {
    const ready = await putBack(situation, good, say);
    const end = ready ? "is back, and serves" : "was put back, but isn't ready yet: npm run status";
    return new UserError({ what: `${told} ${end}.`, todo });
  } catch (error) {
    const what = `${told} could not be put back: ${reasonOf(error)}`;
    return new UserError({ what, todo: "fix that, then npm run rollback" });
  }
}

/** @returns whether the release is complete again, in time */
async function putBack(
  { stack, config, cluster: { api }, rollout, locked }: Situation,
  good: Revision,
  say: Say,
): Promise<boolean> {
  await undoRollout(api.apis, rollout, good);
  const withinMs = config.progressDeadlineSeconds * 1000 + BEYOND_MS;
  const { name = "" } = rollout.deployment.metadata ?? {};
  const ready = await untilComplete(() => api.deployment(config.namespace, name), withinMs);
  // After this, the engine's next update compares the code with the cluster, not with the failed release.
  await locked(() => refresh(stack, say));
  return ready;
}
