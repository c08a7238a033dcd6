import type { V1Node, V1Pod, V1PodSpec } from "@kubernetes/client-node";
import { UserError } from "../../common/problem";
import { parseQuantity } from "../../common/quantity";
import { orUndefined, type Apis } from "../connection/kubernetes-client";
import { limitPods, mostPods, ofTrack, type Track, type Workload } from "./workload";

/** The resources of a node that pods take. The number of pods is limited too. */
const KINDS = ["cpu", "memory", "pods"] as const;

/** An amount of each resource, in billionths. */
type Amounts = Readonly<Record<(typeof KINDS)[number], bigint>>;

/**
 * Refuses more pods than the nodes have room for beside other pods, because the update would wait for them in vain. It
 * only reads.
 *
 * @returns a warning if the pods fit, but a rollout or an autoscaler's maximum doesn't; undefined if everything fits, or
 * if this user may not list nodes
 * @throws {UserError} if the pods don't fit; for an autoscaler, if its minimum doesn't
 */
export async function refuseTooManyPods(
  { core }: Pick<Apis, "core">,
  workload: Workload,
): Promise<string | undefined> {
  const fieldSelector = "status.phase!=Succeeded,status.phase!=Failed";
  const asked = Promise.all([core.listNode(), core.listPodForAllNamespaces({ fieldSelector })]);
  const found = await orUndefined(asked, [403]);
  if (found === undefined) return undefined;
  const [nodes, pods] = found;
  const others = pods.items.filter(({ metadata }) => !isOwn(metadata, workload));
  const free = freeOn(nodes.items, others);
  for (const track of workload.tracks) {
    const placed = place(track.replicas, requestsOf(track), free);
    if (placed < track.replicas) throw tooMany(placed, track, workload);
  }
  const crowded = workload.tracks.find(
    (track) => track.replicas > 0 && !free.some((left) => isEnough(left, requestsOf(track))),
  );
  return tooFewForMost(workload, free) ?? (crowded && noneToRoll(crowded, workload));
}

/** A warning if there is no room for the maximum of an autoscaler. */
function tooFewForMost(workload: Workload, free: readonly Amounts[]): string | undefined {
  const left = [...free];
  for (const track of workload.tracks) {
    const [fewest, most] = [track.replicas, mostPods(track)];
    const room = fewest + place(most - fewest, requestsOf(track), left);
    if (room === most) continue;
    const warning = `The autoscaler may want ${most} pods, and the cluster has room for ${room}: the others would wait. ${smaller(room, track)}`;
    return ofTrack(workload, track, warning);
  }
  return undefined;
}

function noneToRoll(track: Track, workload: Workload): string {
  const warning = `replicas ${track.replicas} fills the cluster: a rollout starts a new pod before it stops an old one, and there is no room for it. ${smaller(track.replicas - 1, track)}`;
  return ofTrack(workload, track, warning);
}

/** Whether a pod belongs to the workload. Another stack may have pods of this name in another namespace. */
function isOwn(metadata: V1Pod["metadata"], { name, namespace }: Workload): boolean {
  return metadata?.namespace === namespace && metadata.labels?.["name"] === name;
}

/** What these pods leave free on each node. Taints and cordons are ignored, because they may be temporary. */
function freeOn(nodes: readonly V1Node[], pods: readonly V1Pod[]): Amounts[] {
  return nodes.map(({ metadata, status }) => {
    const there = pods.filter(
      ({ spec, metadata: pod }) => spec?.nodeName === metadata?.name && !pod?.deletionTimestamp,
    );
    const amount = (kind: keyof Amounts) => parse(status?.allocatable?.[kind]);
    const all = { cpu: amount("cpu"), memory: amount("memory"), pods: amount("pods") };
    return there.reduce((left, { spec }) => minus(left, requestsOfPod(spec)), all);
  });
}

/** Places each pod on the first node that has room, and takes the room from `free`. @returns how many pods fit */
function place(replicas: number, requests: Amounts, free: Amounts[]): number {
  for (let placed = 0; placed < replicas; placed++) {
    const node = free.findIndex((left) => isEnough(left, requests));
    if (node === -1) return placed;
    free[node] = minus(free[node]!, requests);
  }
  return replicas;
}

function isEnough(left: Amounts, requests: Amounts): boolean {
  return KINDS.every((kind) => requests[kind] === 0n || left[kind] >= requests[kind]);
}

function minus(a: Amounts, b: Amounts): Amounts {
  return { cpu: a.cpu - b.cpu, memory: a.memory - b.memory, pods: a.pods - b.pods };
}

function requestsOf({ resources: { requests } }: Track): Amounts {
  return { cpu: parse(requests.cpu), memory: parse(requests.memory), pods: parse("1") };
}

/** What the scheduler reserves for a pod. Init containers run before the others, so the larger amount counts. */
function requestsOfPod(spec: V1PodSpec | undefined): Amounts {
  const { containers = [], initContainers = [], overhead } = spec ?? {};
  const amount = (kind: "cpu" | "memory") => {
    const of = ({ resources }: (typeof containers)[number]) => parse(resources?.requests?.[kind]);
    const together = containers.reduce((sum, container) => sum + of(container), 0n);
    const most = initContainers.map(of).reduce((a, b) => (a > b ? a : b), together);
    return most + parse(overhead?.[kind]);
  };
  return { cpu: amount("cpu"), memory: amount("memory"), pods: parse("1") };
}

function parse(quantity = "0"): bigint {
  return parseQuantity(quantity) ?? 0n;
}

function tooMany(room: number, track: Track, workload: Workload): UserError {
  const { cpu, memory } = track.resources.requests;
  const pods = track.replicas === 1 ? "1 pod doesn't" : `${track.replicas} pods don't`;
  return new UserError({
    what: `${ofTrack(workload, track, pods)} fit into the cluster: beside other pods, it has room for ${room}.`,
    where: `stack config, keys ${track.autoscale ? "autoscale" : "replicas"} and resources.requests`,
    allowed: `at most ${room} pods that each request ${cpu} CPU and ${memory} of memory`,
    todo: smaller(room, track),
  });
}

function smaller(replicas: number, track: Track): string {
  const { resources, resourcesKey } = track;
  const less = `npx pulumi config set --path ${resourcesKey}.requests.cpu CPU (less than ${resources.requests.cpu})`;
  return replicas > 0 ? `${limitPods(track, replicas)}, or ${less}` : less;
}
