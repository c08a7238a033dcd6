import type { Workload } from "../objects/workload";

/** How the service is reached from this machine. */
export interface Url {
  readonly url: string;
  /** Set if the URL can't be reached from this machine: what to do. */
  readonly warning?: string;
}

/** The command that forwards a local port to a Service, for as long as the command runs and its pod lives. */
export function portForward(
  context: string,
  { name, namespace, port }: Pick<Workload, "name" | "namespace" | "port">,
  localPort: number,
): string {
  return `kubectl --context ${context} -n ${namespace} port-forward service/${name} ${localPort}:${port}`;
}

/** A node, as this machine can reach it. */
export interface ReachedNode {
  readonly address: string;
  readonly isContainer: boolean;
  /** For a TCP port of the node: `address:port` under which this machine reaches it, if it was published. */
  readonly published: (port: number) => string | undefined;
}

/**
 * The URL of a node port. If the node is a container, its port may be published on this machine. Otherwise it is at the
 * node's own address, which on macOS and Windows is inside of Docker's virtual machine.
 *
 * @param otherWays what to do if that address can't be reached
 */
export function urlOf(
  node: ReachedNode,
  nodePort: number,
  otherWays: string,
  platform: NodeJS.Platform = process.platform,
): Url {
  const published = node.published(nodePort);
  if (published !== undefined) return { url: `http://${published}` };
  const url = `http://${node.address}:${nodePort}`;
  if (!node.isContainer || platform === "linux") return { url };
  return { url, warning: `${url} can't be reached from this machine. ${otherWays}` };
}
