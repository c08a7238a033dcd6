import { BlockList, isIPv4 } from "node:net";
import { join } from "node:path";
import type { DaemonAddress } from "../../../common/docker-client";
import { UserError } from "../../../common/problem";
import type { Environment } from "../../connection/environment";
import type { RunningProfile } from "./running";

/** The port that minikube's Docker listens on, with TLS. */
const DOCKER_PORT = 2376;

/** The drivers whose node is a virtual machine with an address that this machine can reach. */
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

/** Finds the Docker daemon in minikube's node, as `minikube docker-env` does, but without the binary. */
export function findNodeDaemon(profile: RunningProfile, environment: Environment): DaemonAddress {
  const { driver, container, nodeIps } = profile;
  const certPath = join(environment.minikubeHome, "certs");
  if (driver === "none") return { host: "unix:///var/run/docker.sock" };
  if (container === undefined && !machines.includes(driver)) throw unknownDriver(profile);
  const endpoint =
    container === undefined ? `${nodeIps[0]}:${DOCKER_PORT}` : stableEndpoint(profile, environment);
  const found = endpoint ?? container?.published(DOCKER_PORT);
  if (found === undefined) throw unpublished(profile);
  return { host: `tcp://${found}`, certPath };
}

/**
 * The node's own address, if this machine is in the node's network, as on Linux. It outlives a restart of the node; the
 * published port doesn't, and a destroy or a refresh uses the address in Pulumi's state.
 */
function stableEndpoint({ nodeIps: [ip] }: RunningProfile, { networks }: Environment): string | undefined {
  if (ip === undefined || !isIPv4(ip)) return undefined;
  const near = new BlockList();
  for (const network of networks) {
    const [address = "", prefix] = network.split("/");
    if (isIPv4(address)) near.addSubnet(address, Number(prefix), "ipv4");
  }
  return near.check(ip, "ipv4") ? `${ip}:${DOCKER_PORT}` : undefined;
}

function unpublished({ name }: RunningProfile): UserError {
  return new UserError({
    what: `minikube's node ${name} doesn't publish the port of its Docker daemon, ${DOCKER_PORT}.`,
    todo: `minikube start -p ${name}`,
  });
}

function unknownDriver({ name, driver }: RunningProfile): UserError {
  return new UserError({
    what: `The profile ${name} has the driver ${driver}, whose Docker daemon can't be reached from here.`,
    allowed: `docker, none, ${machines.join(", ")}`,
    todo: `minikube start -p another --driver=docker --container-runtime=docker, then: npx pulumi config set context another`,
  });
}
