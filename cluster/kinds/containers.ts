import type { V1Node } from "@kubernetes/client-node";
import { daemonOf, type DockerVariables } from "../connection/docker-command";
import { LoadedStore, loadCommands, type RunningNode } from "../images/loaded-store";
import { NodeStore } from "../images/node-store";
import { findContainers, type NodeContainer } from "./container";
import type { ImagesAndUrls } from "./kind";
import { urlOf } from "./url";

/** A node of the cluster, and its container. */
interface Node {
  readonly name: string;
  readonly address: string;
  /** Its container runtime, such as `containerd`. */
  readonly runtime: string;
  readonly container: NodeContainer;
}

/**
 * A cluster whose nodes are containers of this machine's Docker daemon, such as kind's, and minikube's with the docker
 * driver. It is recognised by its nodes, because a context can be renamed: a node and its container have the same name and
 * address.
 *
 * @returns undefined if it isn't such a cluster
 */
export async function findNodeContainers(
  items: readonly V1Node[],
  variables: DockerVariables,
): Promise<ImagesAndUrls | undefined> {
  const nodes = await containersOf(items, variables);
  const first = nodes.find(({ container }) => container.running);
  if (first === undefined) return undefined;
  const builder = await daemonOf(variables);
  const running = nodes.flatMap((node) => runningNode(node) ?? []);
  const reached = { address: first.address, isContainer: true, published: first.container.published };
  return {
    images: (name) => new LoadedStore(new NodeStore(builder, name), running, variables),
    urlOf: (nodePort) => urlOf(reached, nodePort),
  };
}

/** The nodes with their containers. None unless this machine's daemon has a container for each node. */
async function containersOf(items: readonly V1Node[], variables: DockerVariables): Promise<Node[]> {
  if (items.length === 0) return [];
  const containers = await findContainers(items.map(nameOf), variables);
  const nodes = items.flatMap((item) => nodeOf(item, containers.get(nameOf(item))) ?? []);
  const isHere = nodes.some(({ address, container }) => container.addresses.includes(address));
  return isHere && nodes.length === items.length ? nodes : [];
}

function nameOf({ metadata }: V1Node): string {
  return metadata?.name ?? "";
}

function nodeOf(item: V1Node, container: NodeContainer | undefined): Node | undefined {
  const address = item.status?.addresses?.find(({ type }) => type === "InternalIP")?.address ?? "";
  const runtime = item.status?.nodeInfo?.containerRuntimeVersion.split(":")[0] ?? "";
  return container && { name: nameOf(item), address, runtime, container };
}

/** Undefined for a stopped node: the next update loads the image into it. */
function runningNode({ name, runtime, container }: Node): RunningNode | undefined {
  const load = loadCommands[runtime];
  return container.running && load !== undefined ? { name, load } : undefined;
}
