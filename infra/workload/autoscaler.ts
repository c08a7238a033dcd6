import type * as k8s from "@pulumi/kubernetes";
import type { Autoscale } from "../config";
import type { TrackArgs } from "./args";
import { trackMetadata } from "./metadata";
import { scaling } from "./timing";

/** The HorizontalPodAutoscaler of a track: it keeps the CPU use of the pods at a share of what they request. */
export function autoscaler(
  name: string,
  args: TrackArgs,
  { min, max, cpuPercent }: Autoscale,
): k8s.autoscaling.v2.HorizontalPodAutoscalerArgs {
  const target = { type: "Utilization", averageUtilization: cpuPercent };
  return {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: trackMetadata(name, args),
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
      minReplicas: min,
      maxReplicas: max,
      metrics: [{ type: "Resource", resource: { name: "cpu", target } }],
      behavior: scaling,
    },
  };
}
