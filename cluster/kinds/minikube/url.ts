import type { Workload } from "../../objects/workload";
import type { NodeDaemon } from "./node-daemon";
import type { Profile } from "./profile";

/** How the service is reached from this machine. */
export interface Url {
  readonly url: string;
  /** What to do where that address can't be reached from here. */
  readonly warning?: string;
}

/**
 * The address of a node port. Where the node is a container, its port may be published on this machine; otherwise
 * the node has an address of its own, which on macOS and Windows is inside of Docker's virtual machine.
 */
export function urlOf(
  { daemon, profile }: { readonly daemon: NodeDaemon; readonly profile: Profile },
  { name, namespace }: Pick<Workload, "name" | "namespace">,
  nodePort: number,
  platform: NodeJS.Platform,
): Url {
  const published = daemon.published(nodePort);
  if (published !== undefined) return { url: `http://${published}` };
  const url = `http://${profile.nodeIps[0]}:${nodePort}`;
  if (profile.driver !== "docker" || platform === "linux") return { url };
  const tunnel = `minikube service ${name} -n ${namespace} --url -p ${profile.name}`;
  const remake = `minikube start --ports=127.0.0.1:${nodePort}:${nodePort}`;
  return {
    url,
    warning: `${url} can't be reached from this machine. Run: ${tunnel} (or make the cluster with ${remake}).`,
  };
}
