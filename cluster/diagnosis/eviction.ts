import type { CoreV1Event, V1Pod } from "@kubernetes/client-node";
import type { Problem } from "../../common/problem";
import { lastEndOf, containerOf, nameOf } from "../objects/pods";
import { timeOf } from "./events";

/** The kubelet's message about a pod that has written too much: `Usage of EmptyDir volume "tmp" exceeds the limit "64Mi".` */
const VOLUME_FULL = /EmptyDir volume "([^"]+)" exceeds/;

/** Why a pod was removed from its node for good. */
interface Eviction {
  readonly problem: Problem;
  /** When the pod was removed; undefined if it is unknown. */
  readonly at: Date | undefined;
}

/**
 * Why a pod failed as a whole: its node evicted it, shut down or had no room. Its container isn't the cause. The kubelet
 * reports an eviction as an event; the pod's status may be that of a container that ended without error.
 */
export function evictionOf(pod: V1Pod, events: readonly CoreV1Event[]): Eviction | undefined {
  const { status } = pod;
  const event = events.find(
    ({ reason, involvedObject }) => reason === "Evicted" && involvedObject.name === nameOf(pod),
  );
  if (status?.phase !== "Failed" && event === undefined) return undefined;
  const reason = status?.reason ?? event?.reason ?? "Failed";
  const message = status?.message ?? event?.message ?? "the pod has ended";
  const end = lastEndOf(containerOf(pod))?.at;
  const at = event ? timeOf(event) : end ? new Date(end) : undefined;
  return { problem: { what: `${reason}: ${message}`, todo: remedy(pod, message) }, at };
}

function remedy(pod: V1Pod, message: string): string {
  const [, volume] = VOLUME_FULL.exec(message) ?? [];
  const mounts = pod.spec?.containers[0]?.volumeMounts ?? [];
  const path = mounts.find(({ name }) => name === volume)?.mountPath;
  if (path === undefined) return "free space or memory on the node; another pod replaces this one";
  return `write less to ${path}, or allow more: npx pulumi config set --path 'writable["${path}"]' SIZE, then npm run up`;
}
