import type { types } from "@pulumi/kubernetes";
import { trackLabels } from "../../cluster/objects/workload";
import type { TrackArgs } from "./args";

type PodSpec = types.input.core.v1.PodSpec;

/**
 * Spreads the pods of a track over nodes, and over zones if the nodes have any. The pods of each release are counted
 * separately: otherwise, pods that a rollout is about to stop would decide where the new ones go. These are preferences:
 * if a node is full or stopped, its pods start on other nodes, even on one that has a pod already.
 */
export function spread({
  service,
  track,
}: TrackArgs): Pick<PodSpec, "topologySpreadConstraints" | "affinity"> {
  const pods = {
    labelSelector: { matchLabels: trackLabels({ name: service }, track) },
    matchLabelKeys: ["pod-template-hash"],
  };
  const nodes = {
    topologyKey: "kubernetes.io/hostname",
    maxSkew: 1,
    whenUnsatisfiable: "ScheduleAnyway",
    ...pods,
  };
  // Not a second constraint: the scheduler skips nodes that lack one of the keys, so without zones, as in minikube, it
  // would not spread at all
  // (https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/#conventions).
  const zones = { weight: 100, podAffinityTerm: { topologyKey: "topology.kubernetes.io/zone", ...pods } };
  return {
    topologySpreadConstraints: [nodes],
    affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [zones] } },
  };
}
