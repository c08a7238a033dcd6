import type { types } from "@pulumi/kubernetes";
import { trackLabels } from "../../cluster/objects/workload";
import type { TrackArgs } from "./args";

type PodSpec = types.input.core.v1.PodSpec;

/**
 * Spreads the pods of a track over nodes, and over zones if the nodes have any. The pods of each release are counted by
 * themselves, or the pods that a rollout is going to stop would decide where the new ones go. These are wishes: a node
 * that is full or stopped keeps no pod from starting on another one, even if that has one already.
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
  // Not a second constraint: the scheduler passes over nodes that lack one of the keys, so on a cluster without zones, as
  // minikube's, it would not spread at all (https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/#conventions).
  const zones = { weight: 100, podAffinityTerm: { topologyKey: "topology.kubernetes.io/zone", ...pods } };
  return {
    topologySpreadConstraints: [nodes],
    affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [zones] } },
  };
}
