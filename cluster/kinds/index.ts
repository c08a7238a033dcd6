import type { Connection } from "../connection";
import type { Environment } from "../connection/environment";
import { findNodeContainers } from "./containers";
import type { Kind } from "./kind";
import { metricsAddon, minikubeKind, type RunningProfile } from "./minikube";
import { UserError } from "../../common/problem";

export type { Kind } from "./kind";
export { findRunningProfile } from "./minikube";

/** How to have metrics-server in a cluster that isn't minikube's. */
const METRICS_SERVER = "install it: https://github.com/kubernetes-sigs/metrics-server";

/**
 * Finds out where a cluster's nodes get their images from, and where its services are reached.
 *
 * @param profile minikube's, if the cluster is one of minikube's
 * @throws {UserError} if its nodes could never see an image that is built here
 */
export async function findKind(
  connection: Connection,
  profile: RunningProfile | undefined,
  environment: Environment,
): Promise<Kind> {
  const getMetricsServer = profile === undefined ? METRICS_SERVER : metricsAddon(profile);
  const found =
    (profile && minikubeKind(profile, environment)) ??
    (await findNodeContainers(connection, getMetricsServer, environment.docker));
  if (found === undefined) throw outOfReach(connection.context);
  return found;
}

function outOfReach(context: string): UserError {
  return new UserError({
    what: `The nodes of the cluster ${context} could never see an image that is built here: they are neither minikube's nor containers of this machine's Docker daemon.`,
    where: "stack config, key context",
    allowed: "a cluster of minikube's or kind's on this machine",
    todo: "minikube start, then: npx pulumi config set context minikube",
  });
}
