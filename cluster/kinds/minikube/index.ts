import { UserError } from "../../../common/problem";
import type { Environment } from "../../connection/environment";
import { NodeStore } from "../../images/node-store";
import type { Kind } from "../kind";
import { urlOf } from "../url";
import { findNodeDaemon } from "./node-daemon";
import type { Profile } from "./profile";
import type { RunningProfile } from "./running";

export { findRunningProfile, type RunningProfile } from "./running";

/**
 * A minikube cluster of one node with a Docker daemon in it, in which images are built. Undefined for one whose images are
 * loaded into its nodes.
 *
 * @throws {UserError} if images can neither be built nor loaded
 */
export function minikubeKind(profile: RunningProfile, environment: Environment): Kind | undefined {
  const { name, container } = profile;
  if (profile.runtime !== "docker" || profile.nodeIps.length > 1) {
    if (container === undefined) throw unfit(profile);
    return undefined;
  }
  const daemon = findNodeDaemon(profile, environment);
  const node = {
    address: profile.nodeIps[0] ?? "",
    isContainer: container !== undefined,
    published: (port: number) => container?.published(port),
  };
  return {
    getMetricsServer: metricsAddon(profile),
    images: (image) => new NodeStore(daemon, image),
    urlOf: (workload, nodePort) => {
      const tunnel = `minikube service ${workload.name} -n ${workload.namespace} --url -p ${name}`;
      const remake = `minikube start --ports=127.0.0.1:${nodePort}:${nodePort}`;
      return urlOf(node, nodePort, `Run: ${tunnel} (or make the cluster with ${remake}).`);
    },
  };
}

/** What to type to have metrics-server in a cluster of minikube's. */
export function metricsAddon({ name }: Pick<Profile, "name">): string {
  return `minikube -p ${name} addons enable metrics-server`;
}

function unfit({ name, driver, runtime, nodeIps }: Profile): UserError {
  return new UserError({
    what: `Images can't be loaded into the minikube cluster ${name}: it has the driver ${driver}, ${nodeIps.length} node(s), and ${runtime} for its containers.`,
    allowed: "the driver docker; or any driver with one node and --container-runtime=docker",
    todo: `minikube start -p another --container-runtime=docker, then: npx pulumi config set context another`,
  });
}
