import * as pulumi from "@pulumi/pulumi";
import { connectCluster, destination, type Cluster } from "../cluster";
import type { Environment } from "../cluster/connection/environment";
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

/** A cluster that can take the workload. */
interface CheckedCluster {
  readonly cluster: Cluster;
  /** The Service's, if it is to have one. */
  readonly nodePort: number | undefined;
}

/**
 * Connects to the cluster, names it unless it is minikube's, and checks that it can take what config asks for. Warns of what
 * may go wrong. It only reads.
 *
 * @throws {UserError} if the cluster can't
 */
export async function connectAndCheck(
  config: Config,
  environment: Environment,
  workload: Workload,
  stack: StackIdentity,
): Promise<CheckedCluster> {
  const cluster = await connectCluster(config, environment);
  if (!cluster.kind.isMinikube) await pulumi.log.info(destination(cluster, config.namespace));
  return { cluster, nodePort: await checkCluster(cluster, config, workload, stack) };
}

/** @returns the Service's node port, if it is to have one */
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
