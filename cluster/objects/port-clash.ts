import type { V1Service } from "@kubernetes/client-node";
import { NODE_PORTS, nodePortsFrom } from "../../common/node-ports";
import type { Problem } from "../../common/problem";
import type { Workload } from "./workload";

/** Whether a Service has this node port. */
export function hasNodePort({ spec }: V1Service, nodePort: number): boolean {
  return spec?.ports?.some((port) => port.nodePort === nodePort) ?? false;
}

/** The first node port from a given one on that no Service has. Undefined if none is left. */
export function firstFree(from: number, services: readonly V1Service[]): number | undefined {
  const taken = new Set(services.flatMap(({ spec }) => spec?.ports?.map((port) => port.nodePort) ?? []));
  return nodePortsFrom(from).find((port) => !taken.has(port));
}

/**
 * The problem that another Service has the node port.
 *
 * @param services of all namespaces
 */
export function portTaken(
  nodePort: number,
  { name, namespace }: Pick<Workload, "name" | "namespace">,
  { metadata }: V1Service,
  services: readonly V1Service[],
): Problem {
  const free = firstFree(nodePort, services);
  return {
    what: `The node port ${nodePort}, which is to be that of the Service ${name} in the namespace ${namespace}, is taken by the Service ${metadata?.name} in the namespace ${metadata?.namespace}.`,
    where: "stack config, key nodePort",
    allowed: `a port from ${NODE_PORTS.first} to ${NODE_PORTS.last} that no other Service has${free === undefined ? ": none is left" : ""}`,
    todo:
      free === undefined
        ? "delete a Service that isn't needed (kubectl get services --all-namespaces)"
        : `npx pulumi config rm nodePort, so that a free one is found; or: npx pulumi config set nodePort ${free}`,
  };
}
