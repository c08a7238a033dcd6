import { x, type Result } from "tinyexec";
import { UserError } from "../../common/problem";
import type { DaemonAddress } from "../../common/docker-client";
import type { Environment } from "./environment";
import { ANSWER_MS } from "./kubernetes-client";

/** The environment variables of the `docker` command. */
export type DockerVariables = Environment["docker"];

/**
 * Runs the `docker` command, which uses the current Docker context, as minikube and kind do.
 *
 * @param timeout in milliseconds; undefined for no limit
 * @throws {UserError} if there is no such command
 */
export async function docker(args: readonly string[], env: DockerVariables, timeout?: number) {
  try {
    return await dockerProcess(args, env, timeout);
  } catch (error) {
    throw noDocker((error as Error).message);
  }
}

/** Starts `docker` as a process, for a pipe. nodePath: a package's `docker` never hides the one on PATH. */
export function dockerProcess(args: readonly string[], env: DockerVariables, timeout?: number): Result {
  return x("docker", [...args], { ...(timeout && { timeout }), nodePath: false, nodeOptions: { env } });
}

/** Those of the named containers that exist, by name. @throws {UserError} if Docker doesn't answer */
export async function inspectContainers(
  names: readonly string[],
  env: DockerVariables,
): Promise<ReadonlyMap<string, unknown>> {
  const { stdout, stderr, exitCode } = await docker(["container", "inspect", ...names], env, ANSWER_MS);
  // Docker prints the containers that exist, and an error for each that is missing.
  if (exitCode !== 0 && !/no such container/i.test(stderr)) {
    throw noDocker(stderr.trim() || `docker gave no answer within ${ANSWER_MS / 1000} seconds`);
  }
  const found = JSON.parse(stdout || "[]") as { Name: string }[];
  return new Map(found.map((container) => [container.Name.replace(/^\//, ""), container]));
}

/** The daemon that the `docker` command talks to. @throws {UserError} if the command can't say which */
export async function daemonOf(env: DockerVariables): Promise<DaemonAddress> {
  const args = ["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"];
  const { stdout, stderr, exitCode } = await docker(args, env, ANSWER_MS);
  if (exitCode !== 0) throw noDocker(stderr.trim());
  const certPath = env["DOCKER_TLS_VERIFY"] ? env["DOCKER_CERT_PATH"] : undefined;
  return { host: stdout.trim(), ...(certPath && { certPath }) };
}

function noDocker(reason: string): UserError {
  return new UserError({
    what: `The docker command fails: ${reason}`,
    todo: "Make `docker ps` work in this shell, then run this again.",
  });
}
