import type { V1Deployment, V1Pod } from "@kubernetes/client-node";
import type { Problem } from "../../common/problem";
import type { Config } from "../config";
import type { Objects } from "./objects";
import { podTrouble } from "./pod-troubles";
import { isReady, nameOf } from "./pods";

/** Finds what is wrong, and what to do about it. The same trouble of several pods is one. */
export function troublesIn(objects: Objects, config: Config, now: Date): Problem[] {
  const { deployments, pods } = objects;
  if (deployments.length === 0) return [missing(config)];
  const ready = pods.filter(isReady).length;
  const ofPods = pods.map((pod) => ({ pod, trouble: podTrouble(pod, { ...objects, config, ready, now }) }));
  return [...deployments.flatMap(deploymentTroubles), ...together(ofPods)];
}

function missing({ namespace }: Config): Problem {
  return {
    what: "The stack is deployed, but its Deployment is not in the cluster.",
    where: `namespace ${namespace}`,
    todo: "npm run up; if it says that nothing has changed: npx pulumi refresh, then npm run up",
  };
}

function deploymentTroubles({ metadata, status }: V1Deployment): Problem[] {
  const where = `deployment/${metadata?.name}`;
  return (status?.conditions ?? []).flatMap(({ type, status, reason, message = "" }): Problem[] => {
    if (type === "Progressing" && reason === "ProgressDeadlineExceeded") {
      return [{ what: `The rollout is stuck: ${message}`, where, todo: "see what is wrong with its pods" }];
    }
    if (type !== "ReplicaFailure" || status !== "True") return [];
    return [{ what: `Pods can't be made: ${message}`, where, todo: "mend what it says, then npm run up" }];
  });
}

/** Ten pods with the same trouble have it for the same reason: one of them is named. */
function together(all: readonly { pod: V1Pod; trouble: Problem | undefined }[]): Problem[] {
  const groups = new Map<string, { trouble: Problem; names: string[] }>();
  for (const { pod, trouble } of all) {
    if (trouble === undefined) continue;
    const group = groups.get(trouble.what) ?? { trouble, names: [] };
    group.names.push(nameOf(pod));
    groups.set(trouble.what, group);
  }
  return [...groups.values()].map(({ trouble, names: [first = "", ...others] }) => ({
    ...trouble,
    where: `pod/${first}${others.length === 0 ? "" : ` and ${others.length} more`}`,
  }));
}
