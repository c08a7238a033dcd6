import type { V1Service } from "@kubernetes/client-node";
import { FIRST_NODE_PORT } from "../../common/node-ports";
import { makerOf, type StackIdentity } from "./ownership";
import { firstFree } from "./port-clash";
import type { Workload } from "./workload";

/**
 * Chooses the node port of a stack whose config has none: the port that the stack's Service has already, or else the first
 * one from 30080 on that no Service has.
 *
 * @param services of all namespaces
 */
export async function findNodePort(
  services: readonly V1Service[],
  { name }: Pick<Workload, "name">,
  stack: StackIdentity,
): Promise<number> {
  for (const service of services.filter(({ metadata }) => metadata?.name === name)) {
    const port = service.spec?.ports?.[0]?.nodePort;
    if (port !== undefined && (await makerOf(service, stack)) === stack.name) return port;
  }
  return firstFree(FIRST_NODE_PORT, services) ?? FIRST_NODE_PORT; // if none is left, the error names its Service
}
