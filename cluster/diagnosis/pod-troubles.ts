import type { V1Pod } from "@kubernetes/client-node";
import type { Problem } from "../../common/problem";
import type { Probe } from "../../infra/config";
import type { Objects } from "../objects";
import { ageOf, containerOf, lastEndOf, nameOf, type End } from "../objects/pods";
import type { Workload } from "../objects/workload";
import { lastProbe, probeThatKilled } from "./probes";

/** What a pod's trouble is judged by, beside the pod. */
export interface Surroundings extends Objects {
  readonly workload: Workload;
  /** How many pods are ready. */
  readonly ready: number;
  readonly now: Date;
  /** So many seconds a pod may take to become ready before that is worth a word: 20, unless it is known to be late. */
  readonly patience?: number;
}

const PATIENCE = 20;
/** So many seconds after a container's end it is still news. */
const NEWS = 600;

/** What is wrong with a pod; undefined where nothing is, or nothing yet. */
export function podTrouble(pod: V1Pod, around: Surroundings): Problem | undefined {
  return (
    unschedulable(pod, around) ??
    notStarted(pod) ??
    ended(pod, around) ??
    stuckInDeletion(pod, around) ??
    notReady(pod, around)
  );
}

/** The scheduler found no node: `0/1 nodes are available: 1 Insufficient cpu.` */
function unschedulable({ status }: V1Pod, { ready, workload }: Surroundings): Problem | undefined {
  const scheduled = status?.conditions?.find(({ type }) => type === "PodScheduled");
  if (scheduled?.status !== "False") return undefined;
  const { cpu, memory } = workload.resources.requests;
  return {
    what: `No node has room: ${scheduled.message}`,
    allowed: `each pod asks for ${cpu} CPU and ${memory} of memory`,
    todo: `fewer replicas (npx pulumi config set replicas ${Math.max(1, ready)}) or smaller requests, then npm run up`,
  };
}

/** What to do about each reason for which the kubelet doesn't start a container. */
const reasons: Readonly<Record<string, string>> = {
  ErrImageNeverPull: "npm run up, which builds the image in the node",
  ErrImagePull: "npm run up, which builds the image in the node; it is in no registry",
  ImagePullBackOff: "npm run up, which builds the image in the node; it is in no registry",
  InvalidImageName: "npm run up, which sets the image's name",
  CreateContainerConfigError: "mend what it says: mostly a Secret, a ConfigMap or the image's user",
  CreateContainerError: "mend what it says, then npm run up",
  RunContainerError: "mend what it says, mostly the image's command, then npm run up",
};

function notStarted(pod: V1Pod): Problem | undefined {
  const { reason = "", message = "" } = containerOf(pod)?.state?.waiting ?? {};
  const todo = reasons[reason];
  return todo === undefined ? undefined : { what: `${reason}: ${message}`, todo };
}

/** Its container ended, and is restarted later and later, or has been a short while ago. */
function ended(pod: V1Pod, { now, workload, events }: Surroundings): Problem | undefined {
  const container = containerOf(pod);
  const end = lastEndOf(container);
  if (end === undefined || pod.metadata?.deletionTimestamp !== undefined) return evicted(pod);
  const looping = container?.state?.waiting?.reason === "CrashLoopBackOff";
  const isNews = now.getTime() - Date.parse(end.at) < NEWS * 1000;
  if (!looping && !isNews) return undefined;
  const loop = looping ? "CrashLoopBackOff: its" : "Its";
  const probe = probeThatKilled(pod, end, events);
  return {
    what: `${loop} container ${probe === undefined ? `ended with ${howItEnded(end)}` : `was killed: ${probe}`}`,
    todo: remedy(pod, end, workload),
  };
}

function howItEnded({ reason, exitCode, message }: End): string {
  const lastLine = message.split("\n").at(-1) ?? "";
  const words = lastLine === "" ? "" : `, its last words: ${lastLine}`;
  return `exit code ${exitCode} (${reason})${words}`;
}

function remedy(pod: V1Pod, { reason }: End, { resources }: Workload): string {
  const logs = `npm run logs -- --pod ${nameOf(pod)}`;
  if (reason !== "OOMKilled") return `${logs}, mend it, then npm run up`;
  const limit = `npx pulumi config set --path resources.limits.memory <more than ${resources.limits.memory}>`;
  return `it needs more memory (${limit}, then npm run up), or it leaks: ${logs}`;
}

function evicted({ status }: V1Pod): Problem | undefined {
  if (status?.phase !== "Failed") return undefined;
  return {
    what: `${status.reason ?? "Failed"}: ${status.message ?? "it has ended"}`,
    todo: "free space or memory on the node, then kubectl delete the pod: another takes its place",
  };
}

function stuckInDeletion({ metadata }: V1Pod, { now }: Surroundings): Problem | undefined {
  // The time at which it should have been gone: the grace period is in it.
  const due = metadata?.deletionTimestamp;
  if (due === undefined || now.getTime() - new Date(due).getTime() < PATIENCE * 1000) return undefined;
  return {
    what: "It should have been gone for a while: its node doesn't say that it is.",
    todo: `look after the node; kubectl delete pod ${metadata?.name} --force, if the node is lost`,
  };
}

/** It runs, but a probe says no. The kubelet tells in an event what it got. */
function notReady(pod: V1Pod, around: Surroundings): Problem | undefined {
  const { workload, now, patience = PATIENCE } = around;
  const container = containerOf(pod);
  if (container === undefined || container.ready || pod.metadata?.deletionTimestamp !== undefined) {
    return undefined;
  }
  if (ageOf(pod, now) < patience) return undefined;
  return {
    what: `It is not ready: ${lastProbe(pod, around.events) ?? "no probe has answered yet"}`,
    allowed: `${expected(workload.ready, workload)} (ready), and ${expected(workload.health, workload)} (healthy)`,
    todo: `npm run logs -- --pod ${nameOf(pod)}`,
  };
}

/** What the kubelet takes for a yes. */
function expected(probe: Probe, { port }: Workload): string {
  if ("http" in probe) return `200 to 399 from ${probe.http} on port ${port}`;
  return "tcp" in probe ? `a connection to port ${probe.tcp}` : `exit code 0 of ${probe.command.join(" ")}`;
}
