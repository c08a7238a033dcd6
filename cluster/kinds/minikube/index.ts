import { UserError } from "../../../common/problem";
import type { Environment } from "../../connection/environment";
import { NodeStore } from "../../images/node-store";
import type { ImagesAndUrls } from "../kind";
import { urlOf } from "../url";
import { findNodeDaemon } from "./node-daemon";
import type { Profile } from "./profile";
import type { RunningProfile } from "./running";

export { findRunningProfile, type RunningProfile } from "./running";

/**
 * A minikube cluster of one node with a Docker daemon, which builds the images, or of virtual machines. Undefined if the
 * nodes are containers that images are loaded into.
 */
export function minikubeKind(profile: RunningProfile, environment: Environment): ImagesAndUrls | undefined {
  const { container } = profile;
  const hasDaemon = profile.runtime === "docker" && profile.nodeIps.length === 1;
  if (!hasDaemon && container !== undefined) return undefined;
  const node = {
    address: profile.nodeIps[0] ?? "",
    isContainer: container !== undefined,
    published: (port: number) => container?.published(port),
  };
  return {
    images: (image) => {
      if (!hasDaemon) throw unfit(profile);
      return new NodeStore(findNodeDaemon(profile, environment), image);
    },
    urlOf: (nodePort) => urlOf(node, nodePort),
  };
}

/** What to type to get metrics-server into a minikube cluster. */
export function metricsAddon({ name }: Pick<Profile, "name">): string {
  return `npm run up, which installs it; or: minikube -p ${name} addons enable metrics-server`;
}

function unfit({ name, driver, runtime, nodeIps }: Profile): UserError {
  return new UserError({
    what: `Images can't be loaded into the minikube cluster ${name}: it has the driver ${driver}, ${nodeIps.length} node(s), and the container runtime ${runtime}.`,
    allowed: "the driver docker; any driver with one node and --container-runtime=docker; or a registry",
    todo: `minikube start -p another --container-runtime=docker, then: npx pulumi config set context another`,
  });
}
