import type { V1Deployment, V1Pod } from "@kubernetes/client-node";
import { describe, type Problem } from "../../common/problem";
import type { Apis } from "../connection/kubernetes-client";
import { isComplete } from "../releases/complete";
import { readRollout, servingBeside, type Rollout } from "../releases/rollout";
import { logTail } from "./log-tail";
import { readObjects, type Objects } from "../objects";
import { isReady, releaseOf } from "../objects/pods";
import { ofTrack, type Track, type Workload } from "../objects/workload";
import { noPodsMade, podTroubles } from "./troubles";

/** The number of different troubles that are explained, each with a log. More don't help. */
const MAX_TROUBLES = 3;

/** The track whose rollout is explained. */
export interface Subject {
  readonly workload: Workload;
  readonly track: Track;
}

/**
 * Explains why a track's rollout isn't complete: the pods, the reasons, and the last log lines.
 *
 * @returns undefined if the rollout is complete, or there is no Deployment
 */
export async function explainRollout(
  apis: Pick<Apis, "core" | "apps">,
  { workload, track }: Subject,
  now = new Date(),
): Promise<string | undefined> {
  const rollout = await readRollout(apis, workload, track);
  if (rollout === undefined || isComplete(rollout.deployment)) return undefined;
  const objects = await readObjects(apis, workload);
  const pods = currentPods(rollout, objects);
  // The rollout's time is over, so every pod that isn't ready is late.
  const found = podTroubles(pods, { ...objects, workload, now, patienceSeconds: 0 });
  const causes = await Promise.all(
    found.slice(0, MAX_TROUBLES).map(async ({ trouble, pod }) => withLog(trouble, await logTail(apis, pod))),
  );
  const reasons = [...noPodsMade(rollout.deployment).map((problem) => describe([problem])), ...causes];
  if (reasons.length === 0) reasons.push(tooSlow("No pod has failed, but the pods take too long.", workload));
  else if (makesProgress(rollout.deployment, pods))
    reasons.push(tooSlow("Pods become ready, but not all of them in time.", workload));
  return [ofTrack(workload, track, summary(rollout, pods)), ...reasons].join("\n\n");
}

/** The same without throwing: if the cluster doesn't answer, that is the explanation. */
export async function explainRolloutAnyway(
  ...args: Parameters<typeof explainRollout>
): Promise<string | undefined> {
  return explainRollout(...args).catch((error: Error) => `The reason is unknown: ${error.message}`);
}

/** The pods of the wanted release. */
function currentPods({ current }: Rollout, { pods }: Objects): V1Pod[] {
  const uid = current?.set.metadata?.uid;
  return pods.filter(({ metadata }) => metadata?.ownerReferences?.some((owner) => owner.uid === uid));
}

function summary(rollout: Rollout, pods: readonly V1Pod[]): string {
  const { spec } = rollout.deployment;
  const release = releaseOf(spec?.template.spec);
  const count = `${pods.filter(isReady).length} of ${spec?.replicas ?? 1} pods are ready`;
  return `Release ${release} doesn't become ready: ${count}. ${whoServes(rollout, release)}`;
}

function whoServes(rollout: Rollout, release: string): string {
  const before = servingBeside(rollout);
  if (before === undefined) return "No other release serves.";
  if (before.release === release) return "The same release still serves with its earlier configuration.";
  return `Release ${before.release} still serves.`;
}

function withLog(trouble: Problem, log: readonly string[]): string {
  const lines = log.length === 0 ? [] : ["  last log lines:", ...log.map((line) => `    | ${line}`)];
  return [describe([trouble]), ...lines].join("\n");
}

/** Whether Kubernetes would go on: many pods that start one after another can take longer than the engine waits. */
function makesProgress({ status }: V1Deployment, pods: readonly V1Pod[]): boolean {
  const stuck = status?.conditions?.some(({ reason }) => reason === "ProgressDeadlineExceeded") ?? false;
  return pods.some(isReady) && !stuck;
}

function tooSlow(what: string, { progressDeadlineSeconds }: Workload): string {
  return describe([
    {
      what,
      todo: `npx pulumi config set progressDeadlineSeconds ${2 * progressDeadlineSeconds}, then npm run up`,
    },
  ]);
}
