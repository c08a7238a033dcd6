import Docker from "dockerode";
import os from "node:os";
import path from "node:path";
import type { DaemonConfig } from "./config";
import { certificatesOf } from "./config";

/** How long a daemon may take to say that it is there, in milliseconds. */
const PING_TIMEOUT = 10_000;

/**
 * Finds a daemon that answers: the one that is configured, else the machine's own, else the user's.
 *
 * @throws Error that names each address that was tried, with what was wrong there.
 */
export async function connect(config: DaemonConfig): Promise<Docker> {
  const hosts = config.host === undefined ? defaultHosts() : [config.host];
  const refusals: string[] = [];
  for (const host of hosts) {
    try {
      const options = optionsFor(host, config);
      await new Docker({ ...options, timeout: PING_TIMEOUT }).ping();
      return new Docker(options);
    } catch (error) {
      refusals.push(`${host}: ${(error instanceof Error ? error.message : String(error)).trim()}`);
    }
  }
  throw new Error(
    `failed to connect to any docker daemon\n${refusals.map((each) => `  ${each}`).join("\n")}`,
  );
}

function defaultHosts(): string[] {
  if (process.platform === "win32") return ["npipe:////./pipe/docker_engine"];
  const home = path.join(os.homedir(), ".docker");
  const sockets = ["/var/run/docker.sock", `${home}/run/docker.sock`, `${home}/desktop/docker.sock`];
  return sockets.map((socket) => `unix://${socket}`);
}

/** dockerode takes from the environment whatever isn't said here: so all of it is said, if only as undefined. */
function optionsFor(host: string, config: DaemonConfig): Docker.DockerOptions {
  const [, scheme, rest] = /^(\w+):\/\/(.+)$/.exec(host) ?? ["", "tcp", host];
  const nothing = { host: undefined, port: undefined, socketPath: undefined, username: undefined };
  const options = { ...nothing, protocol: "http", ca: undefined, cert: undefined, key: undefined };
  if (scheme === "unix" || scheme === "npipe")
    return { ...options, socketPath: rest } as Docker.DockerOptions;
  const { hostname, port, username } = new URL(`tcp://${rest}`);
  const address = { ...options, host: hostname, port: port || undefined };
  if (scheme === "ssh") return { ...address, protocol: "ssh", username };
  const certificates = certificatesOf(config);
  const protocol = certificates === undefined && scheme !== "https" ? "http" : "https";
  return { ...address, protocol, ...certificates };
}
