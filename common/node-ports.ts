/**
 * The TCP ports that a NodePort Service may have, unless the API server is configured otherwise
 * (https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport).
 */
export const NODE_PORTS = { first: 30_000, last: 32_767 } as const;

/** All other node ports, beginning after the given one; after the last comes the first. */
export function otherNodePorts(nodePort: number): number[] {
  const { first, last } = NODE_PORTS;
  const count = last - first + 1;
  return Array.from({ length: count - 1 }, (_, nth) => first + ((nodePort + 1 + nth - first) % count));
}
