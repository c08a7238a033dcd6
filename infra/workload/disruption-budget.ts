import type * as k8s from "@pulumi/kubernetes";
import { trackLabels } from "../../cluster/objects/workload";
import { metadata, type TrackArgs } from "./args";
import { labelsOfTrack } from "./labels";

/**
 * The PodDisruptionBudget: a drained node takes one pod at a time, so that of several at least one serves. It limits
 * the pods that may be missing, not those that must be there: with one replica, the latter would keep a node from ever
 * being drained (https://kubernetes.io/docs/tasks/run-application/configure-pdb/).
 */
export function disruptionBudget(name: string, args: TrackArgs): k8s.policy.v1.PodDisruptionBudgetArgs {
  return {
    metadata: metadata(name, labelsOfTrack(args), args),
    spec: {
      maxUnavailable: 1,
      selector: { matchLabels: trackLabels({ name: args.service }, args.track) },
      unhealthyPodEvictionPolicy: "AlwaysAllow", // a pod that serves nobody is no reason to keep a node
    },
  };
}
