import { UserError } from "../../common/problem";
import type { ApiServer } from "../connection/api-server";

/** The kind that the Prometheus operator brings with it. */
export const podMonitors = { group: "monitoring.coreos.com", version: "v1", plural: "podmonitors" } as const;

/**
 * Refuses a PodMonitor where the cluster doesn't know what that is. The engine would find out only after everything
 * beside it was made.
 *
 * @throws {UserError}
 */
export async function refuseUnknownPodMonitor(api: ApiServer, wanted: boolean): Promise<void> {
  if (!wanted || (await api.knows(podMonitors))) return;
  throw new UserError({
    what: "The cluster knows no PodMonitor: the Prometheus operator is not in it.",
    where: "stack config, key podMonitor",
    todo: "install the operator (https://prometheus-operator.dev), or: npx pulumi config set podMonitor false",
  });
}
