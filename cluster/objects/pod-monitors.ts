import { UserError } from "../../common/problem";
import type { ApiServer } from "../connection/api-server";

/** The kind that the Prometheus operator installs. */
export const podMonitors = { group: "monitoring.coreos.com", version: "v1", plural: "podmonitors" } as const;

/**
 * Refuses a PodMonitor if the cluster doesn't have that kind. Without this check, the engine would fail after it has made
 * every other object.
 *
 * @throws {UserError}
 */
export async function refuseUnknownPodMonitor(api: ApiServer, wanted: boolean): Promise<void> {
  if (!wanted || (await api.knows(podMonitors))) return;
  throw new UserError({
    what: "The cluster doesn't have the kind PodMonitor: the Prometheus operator is not installed.",
    where: "stack config, key podMonitor",
    todo: "install the operator (https://prometheus-operator.dev), or: npx pulumi config set podMonitor false",
  });
}
