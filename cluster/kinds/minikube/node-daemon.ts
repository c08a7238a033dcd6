import { BlockList, isIPv4 } from "node:net";
import { join } from "node:path";
import { UserError } from "../../../common/problem";
import type { Environment } from "../../connection/environment";
import { inspectNode } from "./node-container";
import type { Profile } from "./profile";

/** The Docker daemon inside of minikube's node, and what else of the node can be reached from here. */
export interface NodeDaemon {
  /** Where the daemon listens, as in DOCKER_HOST. */
  readonly host: string;
  /** The folder with ca.pem, cert.pem and key.pem; undefined for a local socket. */
  readonly certPath?: string;
  /** For a TCP port of the node: `address:port` under which this machine reaches it, where it was published. */
  published(port: number): string | undefined;
}

/** The port that minikube's Docker listens on, with TLS. */
const DOCKER_PORT = 2376;

/** Drivers whose node is a machine with an address that the host can reach. */
const machines = [
  "hyperkit",
  "hyperv",
  "kvm2",
  "krunkit",
  "parallels",
  "qemu2",
  "virtualbox",
  "vmware",
  "vfkit",
];

/** Finds the daemon the way that minikube's own `docker-env` does, without needing its binary. */
export async function findNodeDaemon(profile: Profile, environment: Environment): Promise<NodeDaemon> {
  const certPath = join(environment.minikubeHome, "certs");
  if (profile.driver === "docker") return await inContainer(profile, environment, certPath);
  if (profile.driver === "none") return { host: "unix:///var/run/docker.sock", published: () => undefined };
  if (!machines.includes(profile.driver)) throw unknownDriver(profile);
  return { host: `tcp://${profile.nodeIps[0]}:${DOCKER_PORT}`, certPath, published: () => undefined };
}

async function inContainer(
  profile: Profile,
  environment: Environment,
  certPath: string,
): Promise<NodeDaemon> {
  const published = await inspectNode(profile.name, environment.docker);
  const endpoint = stableEndpoint(profile, environment) ?? published(DOCKER_PORT);
  if (endpoint === undefined) throw unpublished(profile);
  return { host: `tcp://${endpoint}`, certPath, published };
}

/**
 * The node's own address, where this machine is in its network, as on Linux. Docker publishes on another port after
 * each start of the node, and a destroy or a refresh goes by the address that the state remembers.
 */
function stableEndpoint({ nodeIps: [ip] }: Profile, { networks }: Environment): string | undefined {
  if (ip === undefined || !isIPv4(ip)) return undefined;
  const near = new BlockList();
  for (const network of networks) {
    const [address = "", prefix] = network.split("/");
    if (isIPv4(address)) near.addSubnet(address, Number(prefix), "ipv4");
  }
  return near.check(ip, "ipv4") ? `${ip}:${DOCKER_PORT}` : undefined;
}

function unpublished({ name }: Profile): UserError {
  return new UserError({
    what: `minikube's node ${name} doesn't publish its Docker daemon (port ${DOCKER_PORT}).`,
    todo: `minikube start -p ${name}`,
  });
}

function unknownDriver({ name, driver }: Profile): UserError {
  return new UserError({
    what: `The profile ${name} has the driver ${driver}, whose Docker daemon can't be reached from here.`,
    allowed: `docker, none, ${machines.join(", ")}`,
    todo: `minikube start -p another --driver=docker --container-runtime=docker, then: npx pulumi config set context another`,
  });
}
