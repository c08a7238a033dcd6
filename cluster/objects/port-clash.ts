import type { V1Service } from "@kubernetes/client-node";
import { NODE_PORTS, otherNodePorts } from "../../common/node-ports";
import type { Problem } from "../../common/problem";

/** Whether a Service has this node port. */
export function hasNodePort({ spec }: V1Service, nodePort: number): boolean {
  return spec?.ports?.some((port) => port.nodePort === nodePort) ?? false;
}

/**
 * The problem that another Service has the node port. It suggests the next free one.
 *
 * @param services of all namespaces
 */
export function portTaken(
  nodePort: number,
  { metadata }: V1Service,
  services: readonly V1Service[],
): Problem {
  const free = nextFree(nodePort, services);
  return {
    what: `The node port ${nodePort} is taken by the Service ${metadata?.name} in the namespace ${metadata?.namespace}.`,
    allowed: `a port from ${NODE_PORTS.first} to ${NODE_PORTS.last} that no other Service has${free === undefined ? ": none is left" : ""}`,
    todo:
      free === undefined
        ? "delete a Service that isn't needed (kubectl get services --all-namespaces)"
        : `npx pulumi config set nodePort ${free}`,
  };
}

function nextFree(nodePort: number, services: readonly V1Service[]): number | undefined {
  const taken = new Set(services.flatMap(({ spec }) => spec?.ports?.map((port) => port.nodePort) ?? []));
  return otherNodePorts(nodePort).find((port) => !taken.has(port));
}
