/**
 * The TCP ports that a NodePort Service may have, unless the API server is configured otherwise
 * (https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport).
 */
export const NODE_PORTS = { first: 30_000, last: 32_767 } as const;

/** The node port of a cluster's first stack. `npm run up` publishes it on 127.0.0.1 when it creates the cluster. */
export const FIRST_NODE_PORT = 30_080;

/** All node ports, from the given one to the last, then from the first. */
export function nodePortsFrom(nodePort: number): number[] {
  const { first, last } = NODE_PORTS;
  const count = last - first + 1;
  return Array.from({ length: count }, (_, nth) => first + ((nodePort + nth - first) % count));
}
