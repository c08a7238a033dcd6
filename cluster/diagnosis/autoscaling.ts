import type { V2HorizontalPodAutoscaler } from "@kubernetes/client-node";
import type { Problem } from "../../common/problem";

/** How long an autoscaler may lack measurements before that is reported, in seconds: new pods have none. */
const UNMEASURED = 60;

/** The state of an autoscaler. */
export interface AutoscalerState {
  /** The name of its Deployment. */
  readonly deployment: string;
  readonly min: number;
  readonly max: number;
  /** The number of pods that it wants. */
  readonly wanted: number;
  /** The CPU use of the pods, in percent of what they request; null if it is unknown. */
  readonly cpuPercent: number | null;
  /** The target CPU use, in percent of what the pods request. */
  readonly targetPercent: number;
  /** Whether it wants more pods than it may have. */
  readonly atMax: boolean;
}

export function autoscalerState({ spec, status }: V2HorizontalPodAutoscaler): AutoscalerState {
  const limited = status?.conditions?.find(({ type }) => type === "ScalingLimited");
  return {
    deployment: spec?.scaleTargetRef.name ?? "",
    min: spec?.minReplicas ?? 1,
    max: spec?.maxReplicas ?? 1,
    wanted: status?.desiredReplicas ?? 0,
    cpuPercent: status?.currentMetrics?.[0]?.resource?.current.averageUtilization ?? null,
    targetPercent: spec?.metrics?.[0]?.resource?.target.averageUtilization ?? 0,
    atMax: limited?.status === "True" && limited.reason === "TooManyReplicas",
  };
}

/** Why an autoscaler doesn't scale, and what to do about it. */
export function autoscalerTroubles(
  { metadata, spec, status }: V2HorizontalPodAutoscaler,
  now: Date,
): Problem[] {
  const active = status?.conditions?.find(({ type }) => type === "ScalingActive");
  if (active?.status !== "False") return [];
  const since = new Date(active.lastTransitionTime ?? now);
  const name = spec?.scaleTargetRef.name;
  const where = `horizontalpodautoscaler/${metadata?.name}`;
  if (active.reason === "ScalingDisabled") {
    const scale = `kubectl scale deployment ${name} -n ${metadata?.namespace} --replicas=${spec?.minReplicas ?? 1}`;
    return [{ what: "The autoscaler is off: the Deployment was scaled to 0.", where, todo: scale }];
  }
  if (now.getTime() - since.getTime() < UNMEASURED * 1000) return [];
  return [
    {
      what: `The autoscaler doesn't scale: ${active.message}`,
      where,
      todo: "npm run doctor, which checks metrics-server; npm run up installs it if it is missing",
    },
  ];
}
