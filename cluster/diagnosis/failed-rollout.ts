import type { V1Pod } from "@kubernetes/client-node";
import { describe, type Problem } from "../../common/problem";
import type { Apis } from "../connection/kubernetes-client";
import { isComplete } from "../releases/complete";
import { readRollout, servingBeside, type Rollout } from "../releases/rollout";
import { logTail } from "./log-tail";
import { readObjects, type Objects } from "../objects";
import { isReady, releaseOf } from "../objects/pods";
import type { Track, Workload } from "../objects/workload";
import { cannotBeMade, podTroubles } from "./troubles";

/** So many different troubles are told, each with a log: more is no help. */
const TROUBLES = 3;

/** The track whose rollout is asked about. */
export interface Asked {
  readonly workload: Workload;
  readonly track: Track;
}

/**
 * Says why the release that a Deployment wants doesn't become ready: which pods, why, and the last that they logged.
 *
 * @returns undefined where nothing is wrong with it
 */
export async function explainRollout(
  apis: Pick<Apis, "core" | "apps">,
  { workload, track }: Asked,
  now = new Date(),
): Promise<string | undefined> {
  const rollout = await readRollout(apis, workload, track);
  if (rollout === undefined || isComplete(rollout.deployment)) return undefined;
  const objects = await readObjects(apis, workload);
  const pods = podsOf(rollout, objects);
  const ready = objects.pods.filter(isReady).length;
  // By now each pod has had its time.
  const troubles = podTroubles(pods, { ...objects, workload, ready, now, patience: 0 });
  const causes = await Promise.all(
    troubles.slice(0, TROUBLES).map(async ({ trouble, pod }) => cause(trouble, await logTail(apis, pod))),
  );
  const others = cannotBeMade(rollout.deployment).map((problem) => describe([problem]));
  const told = [...others, ...causes];
  return [outcome(rollout, pods), ...(told.length > 0 ? told : [tooSlow(workload)])].join("\n\n");
}

/** The same for where there is no second chance to say it. */
export async function explainAnyway(
  ...asked: Parameters<typeof explainRollout>
): Promise<string | undefined> {
  return explainRollout(...asked).catch(
    (error: Error) => `Why it isn't ready can't be told: ${error.message}`,
  );
}

function podsOf({ current }: Rollout, { pods }: Objects): V1Pod[] {
  const uid = current?.set.metadata?.uid;
  return pods.filter(({ metadata }) => metadata?.ownerReferences?.some((owner) => owner.uid === uid));
}

function outcome(rollout: Rollout, pods: readonly V1Pod[]): string {
  const { deployment } = rollout;
  const release = releaseOf(deployment.spec?.template.spec);
  const count = `${pods.filter(isReady).length} of ${deployment.spec?.replicas ?? 1} pods are ready`;
  const before = servingBeside(rollout);
  const serves =
    before === undefined
      ? "No other release serves."
      : before.release === release
        ? "It serves on as it was configured before."
        : `Release ${before.release} serves on.`;
  return `Release ${release} doesn't become ready: ${count}. ${serves}`;
}

function cause(trouble: Problem, log: readonly string[]): string {
  if (log.length === 0) return describe([trouble]);
  return [describe([trouble]), "  the last that it logged:", ...log.map((line) => `    | ${line}`)].join(
    "\n",
  );
}

function tooSlow({ progressDeadlineSeconds }: Workload): string {
  return describe([
    {
      what: "Nothing is wrong with any of its pods: they only take too long.",
      todo: `npx pulumi config set progressDeadlineSeconds ${2 * progressDeadlineSeconds}, then npm run up`,
    },
  ]);
}
