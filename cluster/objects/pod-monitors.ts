import { UserError } from "../../common/problem";
import type { ApiServer } from "../connection/api-server";

/** The kind that the Prometheus operator installs. */
export const podMonitors = { group: "monitoring.coreos.com", version: "v1", plural: "podmonitors" } as const;

/**
 * Refuses a PodMonitor if the cluster doesn't know that kind. Otherwise the engine would fail after it has made
 * everything else.
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
