import type { V1Pod } from "@kubernetes/client-node";
import type { Problem } from "../../common/problem";
import type { Probe } from "../../infra/config";
import type { Objects } from "../objects";
import { ageOf, containerOf, isReady, lastEndOf } from "../objects/pods";
import { limitPods, trackOf, type Workload } from "../objects/workload";
import { describeEnd, logsOf, remedyFor } from "./container-end";
import { evictionOf } from "./eviction";
import { lastProbe, probeThatKilled } from "./probes";

/** What is needed beside a pod to find out what is wrong with it. */
export interface PodContext extends Objects {
  readonly workload: Workload;
  readonly now: Date;
  /** How long a pod may take to become ready before that is reported, in seconds. */
  readonly patienceSeconds?: number;
}

const PATIENCE_SECONDS = 20;
/** For how long a container's end is reported, in seconds. */
const RECENT_SECONDS = 600;

/** What is wrong with a pod. Undefined if nothing is wrong, or it is too early to tell. */
export function podTrouble(pod: V1Pod, context: PodContext): Problem | undefined {
  const eviction = evicted(pod, context);
  if (eviction !== undefined || pod.status?.phase === "Failed") return eviction;
  return (
    unschedulable(pod, context) ??
    notStarted(pod) ??
    ended(pod, context) ??
    stuckInDeletion(pod, context) ??
    onLostNode(pod) ??
    notReady(pod, context)
  );
}

/** The scheduler found no node: `0/1 nodes are available: 1 Insufficient cpu.` */
function unschedulable(pod: V1Pod, { pods, workload }: PodContext): Problem | undefined {
  const scheduled = pod.status?.conditions?.find(({ type }) => type === "PodScheduled");
  if (scheduled?.status !== "False") return undefined;
  const message = scheduled.message ?? "";
  if (/affinity\/selector|untolerated taint/.test(message) && !/Insufficient/.test(message))
    return unfit(message);
  if (/PersistentVolumeClaim/i.test(message)) return noVolume(pod, message);
  const track = trackOf(workload, pod);
  const { cpu, memory } = track.resources.requests;
  const readyPods = pods.filter((each) => isReady(each) && trackOf(workload, each) === track).length;
  return {
    what: `No node has room: ${message}`,
    allowed: `each pod requests ${cpu} CPU and ${memory} of memory`,
    todo: `fewer replicas (${limitPods(track, Math.max(1, readyPods))}) or smaller requests, then npm run up`,
  };
}

function unfit(message: string): Problem {
  return {
    what: `No node takes the pod: ${message}`,
    allowed: "a node with the labels of nodeSelector, and with no taint but those of tolerations",
    todo: "kubectl describe nodes says what they have; npx pulumi config set --path nodeSelector.NAME VALUE, or tolerations, then npm run up",
  };
}

function noVolume({ metadata }: V1Pod, message: string): Problem {
  return {
    what: `A volume of the pod isn't there: ${message}`,
    allowed: "a storageClass of the cluster, with a provisioner",
    todo: `kubectl get storageclasses, and kubectl describe pvc -n ${metadata?.namespace}; npx pulumi config set storageClass NAME, then npm run up`,
  };
}

/** What to do about each reason for which the kubelet doesn't start a container. */
const remedies: Readonly<Record<string, string>> = {
  ErrImageNeverPull: "npm run up, which builds the image if it is gone, and loads it into every node",
  ErrImagePull: "npm run up, which loads the image into every node; it is in no registry",
  ImagePullBackOff: "npm run up, which loads the image into every node; it is in no registry",
  InvalidImageName: "npm run up, which sets the image's name",
  CreateContainerConfigError: "fix the cause, mostly a Secret, a ConfigMap or the image's user",
  CreateContainerError: "fix the cause, then npm run up",
  RunContainerError: "fix the cause, mostly the image's command, then npm run up",
};

const PULL =
  "check that the nodes reach the registry; docker login, if it wants credentials; then npm run up, which pushes the image if it is gone";

/** Whether a pod's image was pushed to a registry: only then does it have a digest. */
function isPushed({ spec }: V1Pod): boolean {
  return spec?.containers[0]?.image?.includes("@") ?? false;
}

function notStarted(pod: V1Pod): Problem | undefined {
  const { reason = "", message = "" } = containerOf(pod)?.state?.waiting ?? {};
  const isPulled = /^(ErrImagePull|ImagePullBackOff)$/.test(reason) && isPushed(pod);
  const todo = isPulled ? PULL : remedies[reason];
  return todo === undefined ? undefined : { what: `${reason}: ${message}`, todo };
}

/** The pod has failed as a whole. Another pod replaces it at once. */
function evicted(pod: V1Pod, { events, now }: PodContext): Problem | undefined {
  const { problem, at = now } = evictionOf(pod, events) ?? {};
  return isRecent(at, now) ? problem : undefined;
}

/** The container has ended: it waits for its next start, or was restarted recently. */
function ended(pod: V1Pod, { now, workload, events }: PodContext): Problem | undefined {
  const container = containerOf(pod);
  const end = lastEndOf(container);
  if (end === undefined || pod.metadata?.deletionTimestamp !== undefined) return undefined;
  const looping = container?.state?.waiting?.reason === "CrashLoopBackOff";
  if (!looping && !isRecent(new Date(end.at), now)) return undefined;
  const probe = probeThatKilled(pod, end, events);
  const how = probe === undefined ? `ended with ${describeEnd(end)}` : `was killed: ${probe}`;
  return {
    what: `${looping ? "CrashLoopBackOff: its" : "Its"} container ${how}`,
    todo: listensElsewhere(pod, probe, workload) ?? remedyFor(pod, end, workload),
  };
}

function isRecent(at: Date, now: Date): boolean {
  return now.getTime() - at.getTime() < RECENT_SECONDS * 1000;
}

function stuckInDeletion({ metadata }: V1Pod, { now }: PodContext): Problem | undefined {
  const due = metadata?.deletionTimestamp; // the end of its grace period
  if (due === undefined || now.getTime() - new Date(due).getTime() < PATIENCE_SECONDS * 1000)
    return undefined;
  return {
    what: "The pod is past its grace period; its node doesn't report it as stopped.",
    todo: `check the node; if the node is lost: kubectl delete pod ${metadata?.name} --force`,
  };
}

/** The kubelet last reported the container as ready, and Kubernetes then marked the pod as not ready without a reason. */
function onLostNode(pod: V1Pod): Problem | undefined {
  const ready = pod.status?.conditions?.find(({ type }) => type === "Ready");
  const isLost = ready?.status === "False" && ready.reason === undefined && containerOf(pod)?.ready === true;
  if (!isLost || pod.metadata?.deletionTimestamp !== undefined) return undefined;
  const node = pod.spec?.nodeName;
  return {
    what: `The node ${node} doesn't answer. If it doesn't come back soon, another pod is started on another node.`,
    todo: `start the node, or see what is wrong with it: kubectl describe node ${node}`,
  };
}

/** The container runs, but a probe fails. */
function notReady(pod: V1Pod, context: PodContext): Problem | undefined {
  const { workload, now, events, patienceSeconds = PATIENCE_SECONDS } = context;
  const container = containerOf(pod);
  if (container === undefined || container.ready || pod.metadata?.deletionTimestamp !== undefined) {
    return undefined;
  }
  if (ageOf(pod, now) < patienceSeconds) return undefined;
  const probe = lastProbe(pod, events);
  return {
    what: `It is not ready: ${probe ?? "no probe has answered yet"}`,
    allowed: `${expected(workload.ready, workload)} (ready), and ${expected(workload.health, workload)} (healthy)`,
    todo: listensElsewhere(pod, probe, workload) ?? logsOf(pod),
  };
}

/** What to do if nothing listens on the port where a probe asks: the kubelet comes from outside of the pod. */
function listensElsewhere(pod: V1Pod, probe: string | undefined, { port }: Workload): string | undefined {
  if (!probe?.includes(`:${port}: connect: connection refused`)) return undefined;
  return `${logsOf(pod)} says whether it has started; it must listen on port ${port} of all addresses (0.0.0.0, not 127.0.0.1), or: npx pulumi config set port NUMBER, then npm run up`;
}

/** What a probe expects. */
function expected(probe: Probe, { port }: Workload): string {
  if ("http" in probe) return `200 to 399 from ${probe.http} on port ${port}`;
  return "tcp" in probe ? `a connection to port ${probe.tcp}` : `exit code 0 of ${probe.command.join(" ")}`;
}
