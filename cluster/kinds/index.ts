import type { DaemonAddress } from "../../common/docker-client";
import type { Connection } from "../connection";
import { daemonOf } from "../connection/docker-command";
import type { Environment } from "../connection/environment";
import { orUndefined } from "../connection/kubernetes-client";
import { NodeStore } from "../images/node-store";
import { RegistryStore } from "../images/registry-store";
import { findNodeContainers } from "./containers";
import { elsewhere } from "./elsewhere";
import type { ImagesAndUrls, Kind } from "./kind";
import { metricsAddon, minikubeKind, type RunningProfile } from "./minikube";

export type { Kind } from "./kind";
export type { Url } from "./url";
export { findRunningProfile } from "./minikube";

/** How to get metrics-server into a cluster that isn't minikube's. */
const METRICS_SERVER = "install it: https://github.com/kubernetes-sigs/metrics-server";

/** How a load balancer gets an address in a cluster that isn't minikube's. Clouds do this themselves. */
const LOAD_BALANCER = "install what gives load balancers addresses, such as https://metallb.io";

/**
 * Finds out where a cluster's nodes get images from, and at which URL its services are reached.
 *
 * @param profile the minikube profile; undefined if the cluster isn't minikube's
 * @param registry host and path to push images to; undefined if images aren't pushed
 */
export async function findKind(
  connection: Connection,
  profile: RunningProfile | undefined,
  registry: string | undefined,
  environment: Environment,
): Promise<Kind> {
  const getMetricsServer = profile === undefined ? METRICS_SERVER : metricsAddon(profile);
  const getLoadBalancer =
    profile === undefined ? LOAD_BALANCER : `minikube tunnel -p ${profile.name}, in another terminal`;
  const found = await kindWithoutRegistry(connection, profile, environment);
  const kind = { ...found, isMinikube: profile !== undefined, getMetricsServer, getLoadBalancer };
  if (registry === undefined) return kind;
  const builder = await daemonOf(environment.docker);
  return { ...kind, images: (name) => registryStore(`${registry}/${name}`, builder, environment) };
}

/** @param repository host and path of the image, without a tag */
export function registryStore(
  repository: string,
  builder: DaemonAddress,
  { docker }: Environment,
): RegistryStore {
  return new RegistryStore(new NodeStore(builder, repository), repository, docker);
}

async function kindWithoutRegistry(
  connection: Connection,
  profile: RunningProfile | undefined,
  environment: Environment,
): Promise<ImagesAndUrls> {
  const minikube = profile && minikubeKind(profile, environment);
  if (minikube !== undefined) return minikube;
  const listed = await orUndefined(connection.api.apis.core.listNode(), [403]);
  const nodes = listed?.items ?? []; // none if this user may not list them
  const containers = await findNodeContainers(nodes, environment.docker);
  return containers ?? elsewhere(connection, nodes);
}
