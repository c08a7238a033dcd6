import type { OutputMap, Stack } from "@pulumi/pulumi/automation";
import { UserError } from "../../common/problem";
import { connect, type Cluster } from "../../infra/cluster";
import type { Config } from "../../infra/config";
import { readEnvironment } from "../../infra/config/environment";
import { explainRollout } from "../../infra/diagnosis/failed-rollout";
import { untilComplete } from "../../infra/releases/complete";
import { readRollout, servingBeside, type Revision, type Rollout } from "../../infra/releases/rollout";
import { selectorLabels } from "../../infra/resilient-service/labels";
import type { Machine } from "../../toolchain/machine";
import type { Say } from "../../toolchain/step";
import { deploy, refresh, UpdateError } from "../deploy/engine";
import { imageIsLost } from "../deploy/lost-image";
import { inTurn } from "../state";
import { undoRollout } from "./undo";

/** A stack that is to be updated. */
export interface Deployable {
  readonly machine: Machine;
  readonly stack: Stack;
  readonly config: Config;
}

/** How long the release that is put back may take beyond the deadline of a rollout, in milliseconds. */
const BEYOND_MS = 30_000;

/**
 * Runs the stack's update, and where the release can't become ready puts the last good one back.
 *
 * @throws UserError if the update fails, also where another release is back
 */
export async function deployGuarded(
  { machine, stack, config }: Deployable,
  say: Say,
): Promise<{ outputs: OutputMap; changes: string }> {
  const state = { env: machine.env, unheard: "forget" } as const;
  try {
    const rebuild = await imageIsLost({ machine, config, stack: stack.name });
    if (rebuild) say("the image of this release is gone from the node: building it again", "notice");
    return await inTurn(stack, state, say, () => deploy(stack, say, { rebuild }));
  } catch (error) {
    if (!(error instanceof UpdateError) || !error.rolloutTimedOut) throw error;
    const cluster = await connect(config.context, readEnvironment(machine.env));
    const failed = await failedRollout(cluster, config);
    if (failed === undefined) throw error;
    throw await concluded({ stack, config, cluster, ...failed }, say, (back) =>
      inTurn(stack, state, say, back),
    );
  }
}

interface Failed {
  readonly rollout: Rollout;
  readonly why: string;
}

/** Undefined where it has become ready in the meantime. */
async function failedRollout({ api }: Cluster, config: Config): Promise<Failed | undefined> {
  const asked = { name: selectorLabels.name, config };
  const [rollout, why] = await Promise.all([read(api.apis, config), explainRollout(api.apis, asked)]);
  return rollout === undefined || why === undefined ? undefined : { rollout, why };
}

interface Situation extends Failed {
  readonly stack: Stack;
  readonly config: Config;
  readonly cluster: Cluster;
}

type InTurn = (update: () => Promise<void>) => Promise<void>;

async function concluded(situation: Situation, say: Say, turn: InTurn): Promise<UserError> {
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
  const name = good.release === failed ? "its earlier configuration" : `release ${good.release}`;
  say(`release ${failed} failed: putting ${name} back`, "notice");
  const ready = await putBack(situation, good, say, turn);
  const end = ready ? "is back, and serves" : "was put back, but isn't ready yet: npm run status";
  return new UserError({ what: `${why}\n\nRelease ${failed} failed; ${name} ${end}.`, todo });
}

async function putBack(
  { stack, config, cluster, rollout }: Situation,
  good: Revision,
  say: Say,
  turn: InTurn,
): Promise<boolean> {
  const { apis } = cluster.api;
  await undoRollout(apis, rollout, good);
  const withinMs = config.progressDeadlineSeconds * 1000 + BEYOND_MS;
  const ready = await untilComplete(async () => (await read(apis, config))?.deployment, withinMs);
  // The engine's next update compares the code with what is there, not with what failed.
  await turn(() => refresh(stack, say));
  return ready;
}

function read(apis: Cluster["api"]["apis"], { namespace }: Config): Promise<Rollout | undefined> {
  return readRollout(apis, namespace, selectorLabels.name);
}
