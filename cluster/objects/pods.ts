import type {
  V1ContainerStateTerminated,
  V1ContainerStatus,
  V1Pod,
  V1PodSpec,
} from "@kubernetes/client-node";
import { printableLines } from "../../common/printable";

/** The state of a pod, as commands show it. */
export interface PodState {
  readonly name: string;
  readonly track: string;
  readonly release: string;
  /** As kubectl calls it: Running, Pending, Terminating, CrashLoopBackOff … */
  readonly state: string;
  readonly ready: boolean;
  /** When it was created, ISO 8601 in UTC. */
  readonly madeAt: string;
  readonly node: string | null;
  readonly restarts: number;
  /** How its container last ended; null if it never has. */
  readonly lastEnd: End | null;
}

/** How a container ended. `message` is the end of its log, if it failed. */
export interface End {
  readonly reason: string;
  readonly exitCode: number;
  /** ISO 8601 in UTC; empty if it is unknown, as after an eviction. */
  readonly at: string;
  readonly message: string;
}

export function podState(pod: V1Pod): PodState {
  const { metadata, spec } = pod;
  const container = containerOf(pod);
  return {
    name: nameOf(pod),
    track: metadata?.labels?.release ?? "",
    release: releaseOf(spec),
    state: stateOf(pod),
    ready: isReady(pod),
    madeAt: new Date(metadata?.creationTimestamp ?? 0).toISOString(),
    node: spec?.nodeName ?? null,
    restarts: container?.restartCount ?? 0,
    lastEnd: lastEndOf(container) ?? null,
  };
}

export function nameOf({ metadata }: V1Pod): string {
  return metadata?.name ?? "";
}

/** Seconds since a pod was created. */
export function ageOf({ metadata }: V1Pod, now: Date): number {
  const made = metadata?.creationTimestamp ?? now;
  return Math.max(0, Math.round((now.getTime() - new Date(made).getTime()) / 1000));
}

export function isReady({ metadata, status }: V1Pod): boolean {
  const ready = status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True");
  return ready === true && metadata?.deletionTimestamp === undefined;
}

/** The service's container: the first one. */
export function containerOf({ status }: V1Pod): V1ContainerStatus | undefined {
  return status?.containerStatuses?.[0];
}

/** The release that the pods of a spec run. The stack sets it as a variable of the container. */
export function releaseOf(spec: V1PodSpec | undefined): string {
  const variables = spec?.containers[0]?.env ?? [];
  return variables.find(({ name }) => name === "RELEASE_VERSION")?.value ?? "unknown";
}

export function lastEndOf(container: V1ContainerStatus | undefined): End | undefined {
  const end = container?.state?.terminated ?? container?.lastState?.terminated;
  return end && endOf(end);
}

function endOf({ reason, exitCode, finishedAt, message }: V1ContainerStateTerminated): End {
  return {
    reason: reason ?? "",
    exitCode,
    at: new Date(finishedAt ?? 0).getTime() > 0 ? new Date(finishedAt!).toISOString() : "",
    message: printableLines(message?.trim() ?? ""),
  };
}

function stateOf(pod: V1Pod): string {
  if (pod.metadata?.deletionTimestamp !== undefined) return "Terminating";
  if (pod.status?.phase === "Failed") return pod.status.reason ?? "Failed"; // its container's last state doesn't matter
  const { waiting, terminated } = containerOf(pod)?.state ?? {};
  return waiting?.reason ?? terminated?.reason ?? pod.status?.phase ?? "unknown";
}
