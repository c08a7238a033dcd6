import type { V1Deployment, V1Pod } from "@kubernetes/client-node";
import { printableLines } from "../../common/printable";
import type { Problem } from "../../common/problem";
import type { Objects } from "../objects";
import { podTrouble, type PodContext } from "./pod-troubles";
import { nameOf } from "../objects/pods";
import type { Track, Workload } from "../objects/workload";

/** Finds what is wrong with a workload, and what to do about it. */
export function troublesIn(objects: Objects, workload: Workload, now: Date): Problem[] {
  const { deployments, pods } = objects;
  const names = deployments.map(({ metadata }) => metadata?.name);
  const gone = workload.tracks.filter(({ deployment }) => !names.includes(deployment));
  const ofPods = podTroubles(pods, { ...objects, workload, now });
  return [
    ...gone.map((track) => missing(track, workload)),
    ...deployments.flatMap((deployment) => [...stuck(deployment), ...noPodsMade(deployment)]),
    ...ofPods.map(({ trouble }) => trouble),
  ];
}

function missing({ deployment }: Track, { namespace }: Workload): Problem {
  return {
    what: `The stack is deployed, but its Deployment ${deployment} is not in the cluster.`,
    where: `namespace ${namespace}`,
    todo: "npm run up; if it reports no changes: npx pulumi refresh, then npm run up",
  };
}

function stuck({ metadata, status }: V1Deployment): Problem[] {
  const condition = status?.conditions?.find(({ reason }) => reason === "ProgressDeadlineExceeded");
  if (condition === undefined) return [];
  return [
    {
      what: `The rollout is stuck: ${condition.message}`,
      where: `deployment/${metadata?.name}`,
      todo: "fix what is reported of its pods",
    },
  ];
}

/** Why a Deployment can't create pods at all, such as a quota. */
export function noPodsMade({ metadata, status }: V1Deployment): Problem[] {
  const failures = (status?.conditions ?? []).filter(
    ({ type, status }) => type === "ReplicaFailure" && status === "True",
  );
  return failures.map(({ message }) => ({
    what: `Pods can't be created: ${message}`,
    where: `deployment/${metadata?.name}`,
    todo: "fix the cause, then npm run up",
  }));
}

/** A trouble, and a pod that has it. */
interface PodTrouble {
  readonly trouble: Problem;
  readonly pod: V1Pod;
}

/** Finds what is wrong with pods. Pods with the same trouble are reported together, by the name of one of them. */
export function podTroubles(pods: readonly V1Pod[], context: PodContext): PodTrouble[] {
  const groups = new Map<string, { trouble: Problem; pods: V1Pod[] }>();
  for (const pod of pods) {
    const trouble = podTrouble(pod, context);
    if (trouble === undefined) continue;
    const what = printableLines(trouble.what); // a container's own words may be in it
    const group = groups.get(what) ?? { trouble: { ...trouble, what }, pods: [] };
    group.pods.push(pod);
    groups.set(what, group);
  }
  return [...groups.values()].flatMap(({ trouble, pods: [pod, ...others] }) =>
    pod === undefined ? [] : [{ pod, trouble: { ...trouble, where: named(pod, others.length) } }],
  );
}

function named(pod: V1Pod, others: number): string {
  return `pod/${nameOf(pod)}${others === 0 ? "" : ` and ${others} more`}`;
}
