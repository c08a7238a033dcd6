import type { Member } from "./fleet";

/** Kubernetes' autoscaler does nothing about a smaller difference between use and target, as a share of the target. */
const TOLERANCE = 0.1;

/**
 * A sentence for each track with an autoscaler: its pods' CPU use, where the autoscaler aims, and how many pods that
 * takes (https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#algorithm-details). The
 * page knows nothing of the autoscaler's limits.
 */
export function autoscalersInWords(members: readonly Member[]): string[] {
  const tracks = new Map<string, NonNullable<Member["pod"]["cpu"]>[]>();
  for (const { pod, state } of members) {
    if (pod.cpu && state === "live") tracks.set(pod.track, [...(tracks.get(pod.track) ?? []), pod.cpu]);
  }
  return [...tracks].map(([track, uses]) => {
    const { targetPercent } = uses[0]!;
    const percent = uses.reduce((sum, use) => sum + use.percent, 0) / uses.length;
    const ratio = percent / targetPercent;
    const wanted =
      Math.abs(ratio - 1) <= TOLERANCE ? uses.length : Math.max(1, Math.ceil(uses.length * ratio));
    return `${track}: CPU use is ${Math.round(percent)} % of what the pods request, ${targetPercent} % is the autoscaler’s target: ${wanted} needed`;
  });
}
