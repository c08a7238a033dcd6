/** How the service is reached from this machine. */
export interface Url {
  readonly url: string;
  /** Set if the URL can't be reached from this machine: what to do. */
  readonly warning?: string;
}

/** What to type if the service's address can't be reached. */
export const FORWARD = "Run: npm run forward";

/** A node, as this machine can reach it. */
interface ReachedNode {
  readonly address: string;
  readonly isContainer: boolean;
  /** For a TCP port of the node: `address:port` under which this machine reaches it, if it was published. */
  readonly published: (port: number) => string | undefined;
}

/**
 * The URL of a node port. If the node is a container, its port may be published on this machine. Otherwise the node's own
 * address is used. On macOS and Windows, a container's address is inside of Docker's virtual machine.
 */
export function urlOf(
  node: ReachedNode,
  nodePort: number,
  platform: NodeJS.Platform = process.platform,
): Url {
  const published = node.published(nodePort);
  if (published !== undefined) return { url: `http://${published}` };
  const url = `http://${node.address}:${nodePort}`;
  if (!node.isContainer || platform === "linux") return { url };
  return { url, warning: `${url} can't be reached from this machine. ${FORWARD}` };
}
