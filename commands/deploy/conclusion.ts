import type { Stack } from "@pulumi/pulumi/automation";
import { UserError } from "../../common/problem";
import type { Cluster } from "../../cluster";
import { reasonOf } from "../../cluster/connection/kubernetes-client";
import type { Config } from "../../infra/config";
import { explainRollout } from "../../cluster/diagnosis/failed-rollout";
import { workloadOf } from "../../cluster/objects/workload";
import { untilComplete } from "../../cluster/releases/complete";
import { readRollout, servingBeside, type Revision, type Rollout } from "../../cluster/releases/rollout";
import type { Say } from "../../toolchain/step";
import { refresh } from "./engine";
import { undoRollout } from "./undo";

/** How long the release that is put back may take beyond the deadline of a rollout, in milliseconds. */
const BEYOND_MS = 30_000;

/** A rollout that is over without being complete, and why. */
interface Failed {
  readonly rollout: Rollout;
  readonly why: string;
}

/** The rollout that failed; undefined where it has become complete in the meantime. */
export async function failedRollout({ api }: Cluster, config: Config): Promise<Failed | undefined> {
  const workload = workloadOf(config);
  const [track] = workload.tracks;
  const [rollout, why] = await Promise.all([
    readRollout(api.apis, workload, track),
    explainRollout(api.apis, { workload, track }),
  ]);
  return rollout === undefined || why === undefined ? undefined : { rollout, why };
}

/** A failed rollout, and what it takes to undo it. */
export interface Situation extends Failed {
  readonly stack: Stack;
  readonly config: Config;
  readonly cluster: Cluster;
}

/** Does something to the stack when no other update is at work. */
export type InTurn = <T>(update: () => Promise<T>) => Promise<T>;

/** Puts the last good release back, unless config says otherwise. @returns what to tell: why it failed, who serves */
export async function conclude(situation: Situation, say: Say, turn: InTurn): Promise<UserError> {
  const { rollout, why, config } = situation;
  const good = servingBeside(rollout);
  const todo = "mend what it says above, then npm run up";
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
    const ready = await putBack(situation, good, say, turn);
    const end = ready ? "is back, and serves" : "was put back, but isn't ready yet: npm run status";
    return new UserError({ what: `${told} ${end}.`, todo });
  } catch (error) {
    const what = `${told} could not be put back: ${reasonOf(error)}`;
    return new UserError({ what, todo: "mend that, then npm run rollback" });
  }
}

/** @returns whether the release is complete again, in time */
async function putBack(
  { stack, config, cluster: { api }, rollout }: Situation,
  good: Revision,
  say: Say,
  turn: InTurn,
): Promise<boolean> {
  await undoRollout(api.apis, rollout, good);
  const withinMs = config.progressDeadlineSeconds * 1000 + BEYOND_MS;
  const { name = "" } = rollout.deployment.metadata ?? {};
  const ready = await untilComplete(() => api.deployment(config.namespace, name), withinMs);
  // The engine's next update compares the code with what is there, not with what failed.
  await turn(() => refresh(stack, say));
  return ready;
}
