import type * as k8s from "@pulumi/kubernetes";
import { trackLabels } from "../../cluster/objects/workload";
import type { TrackArgs } from "./args";
import { trackMetadata } from "./metadata";

/**
 * The PodDisruptionBudget: draining a node evicts one pod at a time, so that the others serve. It limits the missing
 * pods, not the remaining ones: with one replica, `minAvailable: 1` would keep its node from ever being drained
 * (https://kubernetes.io/docs/tasks/run-application/configure-pdb/).
 */
export function disruptionBudget(name: string, args: TrackArgs): k8s.policy.v1.PodDisruptionBudgetArgs {
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: trackMetadata(name, args),
    spec: {
      maxUnavailable: 1,
      selector: { matchLabels: trackLabels({ name: args.service }, args.track) },
      unhealthyPodEvictionPolicy: "AlwaysAllow", // a pod that isn't ready is no reason to keep a node
    },
  };
}
