import { x, type Output } from "tinyexec";
import * as z from "zod";
import { UserError } from "../../../common/problem";
import type { Environment } from "../../connection/environment";
import { ANSWER_MS } from "../../connection/kubernetes-client";

/** What `docker container inspect` says, the part that matters. */
const inspected = z.tuple([
  z.object({
    State: z.object({ Running: z.boolean() }),
    NetworkSettings: z.object({
      Ports: z.record(z.string(), z.array(z.object({ HostIp: z.string(), HostPort: z.string() })).nullable()),
    }),
  }),
]);

/**
 * Asks the daemon that minikube's node is a container of which ports of it are published. The `docker` command is
 * asked, as minikube does, because it follows the user's Docker context.
 *
 * @returns for a TCP port of the node the `address:port` that this machine reaches it under
 */
export async function inspectNode(
  name: string,
  docker: Environment["docker"],
): Promise<(port: number) => string | undefined> {
  const [node] = inspected.parse(JSON.parse(await inspect(name, docker)));
  if (!node.State.Running) throw stopped(name);
  const address = daemonAddress(docker["DOCKER_HOST"]);
  return (port) => {
    const binding = node.NetworkSettings.Ports[`${port}/tcp`]?.[0];
    return binding && `${reachable(binding.HostIp, address)}:${binding.HostPort}`;
  };
}

/** A port bound on all addresses, or on those of a daemon on another machine, is reached at the daemon's. */
function reachable(hostIp: string, address: string): string {
  return hostIp === "" || hostIp === "0.0.0.0" || hostIp === "::" ? address : hostIp;
}

function daemonAddress(dockerHost: string | undefined): string {
  const remote = dockerHost !== undefined && URL.canParse(dockerHost) ? new URL(dockerHost).hostname : "";
  return remote || "127.0.0.1";
}

async function inspect(name: string, env: Environment["docker"]): Promise<string> {
  const { stdout, stderr, exitCode } = await run(["container", "inspect", name], env);
  if (exitCode === 0) return stdout;
  if (/no such container/i.test(stderr)) throw stopped(name);
  throw unreachable(stderr.trim() || `docker gave no answer within ${ANSWER_MS / 1000} seconds`);
}

async function run(args: string[], env: Environment["docker"]): Promise<Output> {
  try {
    // nodePath: no package's own `docker` comes before the one on PATH.
    return await x("docker", args, { timeout: ANSWER_MS, nodePath: false, nodeOptions: { env } });
  } catch (error) {
    throw unreachable((error as Error).message);
  }
}

/** minikube's word for a cluster that was made and isn't running. */
export function stopped(name: string): UserError {
  return new UserError({
    what: `The minikube cluster ${name} is stopped.`,
    todo: `minikube start -p ${name}`,
  });
}

function unreachable(reason: string): UserError {
  return new UserError({
    what: `The docker command can't say where minikube's node is: ${reason}`,
    todo: "See that `docker ps` works in this shell, then run this again.",
  });
}
