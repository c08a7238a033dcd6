import type { V1Node, V1Pod, V1PodSpec } from "@kubernetes/client-node";
import { UserError } from "../../common/problem";
import { parseQuantity } from "../../common/quantity";
import { statusOf, type Apis } from "../connection/kubernetes-client";
import { isAutoscaled, limitPods, mostPods, type Workload } from "./workload";

/** The resources of a node that pods take. The last one is the number of pods, which is limited too. */
const KINDS = ["cpu", "memory", "pods"] as const;

/** An amount of each, in billionths. */
type Amounts = Readonly<Record<(typeof KINDS)[number], bigint>>;

/**
 * Refuses more pods than the nodes can hold beside the pods of others: the update would wait for them in vain. It only
 * reads.
 *
 * @returns a warning if the pods fit but a rollout doesn't, or not all that an autoscaler may want; undefined as well if
 * this user may not look at nodes
 * @throws {UserError} if the pods don't fit; of an autoscaler's, the fewest
 */
export async function refuseTooManyPods(
  { core }: Pick<Apis, "core">,
  workload: Workload,
): Promise<string | undefined> {
  const found = await nodesAndPods(core);
  if (found === undefined) return undefined;
  const { nodes, pods } = found;
  const replicas = workload.tracks.reduce((sum, track) => sum + track.replicas, 0);
  const most = workload.tracks.reduce((sum, track) => sum + mostPods(track), 0);
  const others = pods.filter(({ metadata }) => !isOwn(metadata, workload));
  const room = roomFor(requestsOf(workload), nodes, others);
  if (replicas > room) throw tooMany(replicas, room, workload);
  if (most > room) {
    return `With autoscale.max there may be ${most} pods, and the cluster has room for ${room}: the others would wait. ${smaller(room, workload)}`;
  }
  if (replicas === 0 || replicas < room) return undefined;
  return `${replicas} pods fill the cluster: a rollout starts a new pod before it stops an old one, and there is no room for it. ${smaller(replicas - 1, workload)}`;
}

/** Another stack may have pods of this name in another namespace. */
function isOwn(metadata: V1Pod["metadata"], { name, namespace }: Workload): boolean {
  return metadata?.namespace === namespace && metadata.labels?.["name"] === name;
}

async function nodesAndPods(core: Apis["core"]): Promise<{ nodes: V1Node[]; pods: V1Pod[] } | undefined> {
  const fieldSelector = "status.phase!=Succeeded,status.phase!=Failed";
  try {
    const [nodes, pods] = await Promise.all([
      core.listNode(),
      core.listPodForAllNamespaces({ fieldSelector }),
    ]);
    return { nodes: nodes.items, pods: pods.items };
  } catch (error) {
    if (statusOf(error) === 403) return undefined;
    throw error;
  }
}

/** How many pods with these requests fit beside other pods. Taints and cordons don't count, because they may go. */
function roomFor(requests: Amounts, nodes: readonly V1Node[], others: readonly V1Pod[]): number {
  const rooms = nodes.map(({ metadata, status }) => {
    const there = others.filter(
      ({ spec, metadata: pod }) => spec?.nodeName === metadata?.name && !pod?.deletionTimestamp,
    );
    const taken = there.map(({ spec }) => requestsOfPod(spec));
    const fits = KINDS.filter((kind) => requests[kind] > 0n).map((kind) => {
      const free = taken.reduce((left, pod) => left - pod[kind], parse(status?.allocatable?.[kind]));
      return free < 0n ? 0 : Number(free / requests[kind]);
    });
    return Math.min(...fits);
  });
  return rooms.reduce((sum, room) => sum + room, 0);
}

function requestsOf({ resources: { requests } }: Workload): Amounts {
  return { cpu: parse(requests.cpu), memory: parse(requests.memory), pods: parse("1") };
}

/** What the scheduler reserves for a pod. Init containers run before the others, so the greater amount counts. */
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

function tooMany(replicas: number, room: number, workload: Workload): UserError {
  const { cpu, memory } = workload.resources.requests;
  return new UserError({
    what: `${replicas} pods don't fit into the cluster: beside those of others it has room for ${room}.`,
    where: `stack config, keys ${isAutoscaled(workload) ? "autoscale" : "replicas"} and resources.requests`,
    allowed: `at most ${room} pods that each request ${cpu} CPU and ${memory} of memory`,
    todo: smaller(room, workload),
  });
}

function smaller(replicas: number, workload: Workload): string {
  const { cpu } = workload.resources.requests;
  const less = `npx pulumi config set --path resources.requests.cpu CPU (less than ${cpu})`;
  return replicas > 0 ? `${limitPods(workload, replicas)}, or ${less}` : less;
}
