import * as z from "zod";
import { inspectContainers, type DockerVariables } from "../connection/docker-command";

/** A node that is a container. */
export interface NodeContainer {
  readonly running: boolean;
  /** Its addresses in Docker's networks. */
  readonly addresses: readonly string[];
  /** For a TCP port of the node: `address:port` under which this machine reaches it, if it was published. */
  readonly published: (port: number) => string | undefined;
}

/** The part of `docker container inspect` that is used here. */
const inspected = z.object({
  State: z.object({ Running: z.boolean() }),
  NetworkSettings: z.object({
    Ports: z.record(z.string(), z.array(z.object({ HostIp: z.string(), HostPort: z.string() })).nullable()),
    Networks: z.record(z.string(), z.object({ IPAddress: z.string() })).default({}),
  }),
});

/** Those of the named nodes that are containers of the `docker` command's daemon, by name. */
export async function findContainers(
  names: readonly string[],
  env: DockerVariables,
): Promise<ReadonlyMap<string, NodeContainer>> {
  const found = await inspectContainers(names, env);
  const address = daemonAddress(env["DOCKER_HOST"]);
  return new Map([...found].map(([name, container]) => [name, nodeOf(container, address)]));
}

function nodeOf(container: unknown, daemon: string): NodeContainer {
  const { State, NetworkSettings } = inspected.parse(container);
  return {
    running: State.Running,
    addresses: Object.values(NetworkSettings.Networks).map(({ IPAddress }) => IPAddress),
    published: (port) => {
      const binding = NetworkSettings.Ports[`${port}/tcp`]?.[0];
      return binding && `${reachable(binding.HostIp, daemon)}:${binding.HostPort}`;
    },
  };
}

/** The address at which a published port is reached. If it is bound to all addresses, that is the daemon's. */
function reachable(hostIp: string, daemon: string): string {
  return hostIp === "" || hostIp === "0.0.0.0" || hostIp === "::" ? daemon : hostIp;
}

function daemonAddress(dockerHost: string | undefined): string {
  const remote = dockerHost !== undefined && URL.canParse(dockerHost) ? new URL(dockerHost).hostname : "";
  return remote || "127.0.0.1";
}
