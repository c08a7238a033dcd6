import type { Cluster } from "../cluster";
import { refuseNoMetrics } from "../cluster/objects/autoscalers";
import { refuseUnknownGateway } from "../cluster/objects/gateways";
import { doubtEgress } from "../cluster/objects/network-plugin";
import { findNodePort } from "../cluster/objects/node-port";
import { refuseForeign, type StackIdentity } from "../cluster/objects/ownership";
import { refuseUnknownPodMonitor } from "../cluster/objects/pod-monitors";
import { refuseTooManyPods } from "../cluster/objects/room";
import type { Workload } from "../cluster/objects/workload";
import type { Config } from "./config";
import { warn } from "./messages";

/**
 * Checks that the cluster can take what config asks for, and warns of what may go wrong. It only reads.
 *
 * @returns the Service's node port, if it is to have one
 * @throws {UserError} if the cluster can't
 */
export async function checkCluster(
  { api, kind }: Cluster,
  config: Config,
  workload: Workload,
  stack: StackIdentity,
): Promise<number | undefined> {
  const { expose, gateway, podMonitor, egress } = config;
  const hasPort = expose === "NodePort";
  const services = hasPort ? await api.services() : [];
  const nodePort = hasPort ? (config.nodePort ?? (await findNodePort(services, workload, stack))) : undefined;
  await refuseForeign(api, { workload, nodePort, services, gateway, stack });
  await refuseUnknownGateway(api, workload, gateway);
  await refuseUnknownPodMonitor(api, podMonitor);
  const doubts = await Promise.all([
    refuseTooManyPods(api.apis, workload),
    refuseNoMetrics(api.apis, workload, kind.getMetricsServer),
    doubtEgress(api.apis, egress),
  ]);
  for (const doubt of doubts) if (doubt !== undefined) await warn(doubt);
  return nodePort;
}
