/**
 * The TCP ports that a NodePort Service may have, where the API server was not told otherwise
 * (https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport).
 */
export const NODE_PORTS = { first: 30_000, last: 32_767 } as const;

/** All the others, from the one after a node port on: the last is followed by the first. */
export function otherNodePorts(nodePort: number): number[] {
  const { first, last } = NODE_PORTS;
  const count = last - first + 1;
  return Array.from({ length: count - 1 }, (_, nth) => first + ((nodePort + 1 + nth - first) % count));
}
