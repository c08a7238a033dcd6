import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type Docker from "dockerode";

/** How a Docker daemon is reached. */
export interface DaemonAddress {
  /** As in DOCKER_HOST: `unix://…` or `tcp://…` */
  readonly host: string;
  /** The folder with ca.pem, cert.pem and key.pem; undefined for a daemon without TLS. */
  readonly certPath?: string;
}

/**
 * Makes a client of a Docker daemon. Sends no request.
 *
 * @param timeout in milliseconds; undefined for no limit
 */
export async function dockerClient({ host, certPath }: DaemonAddress, timeout?: number): Promise<Docker> {
  // Loaded on demand: loading is slow, and most updates don't need it.
  const { default: DockerClient } = await import("dockerode");
  // dockerode reads missing options from the environment, so every option is given, even if undefined.
  const unset = { host: undefined, port: undefined, socketPath: undefined, username: undefined };
  const options = { ...unset, protocol: "http", timeout, ca: undefined, cert: undefined, key: undefined };
  const { protocol, hostname, port, pathname } = new URL(host);
  if (protocol === "unix:") return new DockerClient({ ...options, socketPath: pathname } as object);
  const address = { ...options, host: hostname, port };
  if (certPath === undefined) return new DockerClient(address as object);
  const [ca, cert, key] = await Promise.all(
    ["ca.pem", "cert.pem", "key.pem"].map((file) => readFile(join(certPath, file))),
  );
  return new DockerClient({ ...address, protocol: "https", ca, cert, key } as object);
}
