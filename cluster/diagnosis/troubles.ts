import type { V1Deployment, V1Pod } from "@kubernetes/client-node";
import type { Problem } from "../../common/problem";
import type { Objects } from "../objects";
import { podTrouble, type Surroundings } from "./pod-troubles";
import { isReady, nameOf } from "../objects/pods";
import type { Workload } from "../objects/workload";

/** Finds what is wrong, and what to do about it. The same trouble of several pods is one. */
export function troublesIn(objects: Objects, workload: Workload, now: Date): Problem[] {
  const { deployments, pods } = objects;
  if (deployments.length === 0) return [missing(workload)];
  const ready = pods.filter(isReady).length;
  const ofPods = podTroubles(pods, { ...objects, workload, ready, now });
  return [
    ...deployments.flatMap((deployment) => [...stuck(deployment), ...cannotBeMade(deployment)]),
    ...ofPods.map(({ trouble }) => trouble),
  ];
}

function missing({ namespace }: Workload): Problem {
  return {
    what: "The stack is deployed, but its Deployment is not in the cluster.",
    where: `namespace ${namespace}`,
    todo: "npm run up; if it says that nothing has changed: npx pulumi refresh, then npm run up",
  };
}

function stuck({ metadata, status }: V1Deployment): Problem[] {
  const condition = status?.conditions?.find(({ reason }) => reason === "ProgressDeadlineExceeded");
  if (condition === undefined) return [];
  return [
    {
      what: `The rollout is stuck: ${condition.message}`,
      where: `deployment/${metadata?.name}`,
      todo: "see what is wrong with its pods",
    },
  ];
}

/** What keeps a Deployment from making pods at all, such as a quota. */
export function cannotBeMade({ metadata, status }: V1Deployment): Problem[] {
  const failures = (status?.conditions ?? []).filter(
    ({ type, status }) => type === "ReplicaFailure" && status === "True",
  );
  return failures.map(({ message }) => ({
    what: `Pods can't be made: ${message}`,
    where: `deployment/${metadata?.name}`,
    todo: "mend what it says, then npm run up",
  }));
}

/** A trouble, and a pod that has it. */
export interface PodTrouble {
  readonly trouble: Problem;
  readonly pod: V1Pod;
}

/** What is wrong with pods. Ten with the same trouble have it for the same reason: one of them is named. */
export function podTroubles(pods: readonly V1Pod[], around: Surroundings): PodTrouble[] {
  const groups = new Map<string, { trouble: Problem; pods: V1Pod[] }>();
  for (const pod of pods) {
    const trouble = podTrouble(pod, around);
    if (trouble === undefined) continue;
    const group = groups.get(trouble.what) ?? { trouble, pods: [] };
    group.pods.push(pod);
    groups.set(trouble.what, group);
  }
  return [...groups.values()].flatMap(({ trouble, pods: [pod, ...others] }) =>
    pod === undefined ? [] : [{ pod, trouble: { ...trouble, where: named(pod, others.length) } }],
  );
}

function named(pod: V1Pod, others: number): string {
  return `pod/${nameOf(pod)}${others === 0 ? "" : ` and ${others} more`}`;
}
