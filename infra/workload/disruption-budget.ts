import type * as k8s from "@pulumi/kubernetes";
import { metadata, type ResilientServiceArgs } from "./args";
import { ofRelease } from "./labels";

/**
 * The PodDisruptionBudget: a drained node takes one pod at a time, so that of several at least one serves. Said as
 * what may be missing, not as what must be there: with one replica that would keep a node from ever being drained.
 * (https://kubernetes.io/docs/tasks/run-application/configure-pdb/)
 */
export function disruptionBudget(
  name: string,
  args: ResilientServiceArgs,
): k8s.policy.v1.PodDisruptionBudgetArgs {
  return {
    metadata: metadata(name, args),
    spec: {
      maxUnavailable: 1,
      selector: { matchLabels: ofRelease(args.labels) },
      unhealthyPodEvictionPolicy: "AlwaysAllow", // a pod that serves nobody is no reason to keep a node
    },
  };
}
