import { once } from "node:events";
import { connect } from "node:net";
import { find } from "./acquire";
import { minikubeOf, isRunning, isMadeHere, profileExists } from "./cluster";
import { askDaemon, canInstall, noDaemon } from "./docker";
import type { Machine } from "./machine";
import type { Found, Tool } from "./tool";
import { hostTools, plugins } from "./tools";

/** The result of one check. */
export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  /** The version and its source, or what is wrong. */
  readonly detail: string;
  readonly todo?: string;
}

const UP = "npm run up";

/** How long a proxy may take to accept a connection, in milliseconds. */
const PROXY_TIMEOUT_MS = 3_000;

/**
 * Checks everything that the toolchain would prepare. Changes nothing.
 *
 * @param profile undefined for a cluster that isn't minikube's
 */
export async function examine(machine: Machine, profile: string | undefined): Promise<Finding[]> {
  const tools = [...Object.values(hostTools), ...Object.values(plugins)];
  const docker = await examineDocker(machine);
  const [proxies, cluster, ...found] = await Promise.all([
    examineProxies(machine),
    profile === undefined ? Promise.resolve([]) : examineCluster(machine, profile, docker.ok),
    ...tools.map((tool) => examineTool(tool, machine)),
  ]);
  return [...proxies, docker, ...found, cluster].flat();
}

/** Checks the proxies for downloads, if there are any. */
async function examineProxies({ env }: Machine): Promise<Finding[]> {
  const names = ["HTTPS_PROXY", "HTTP_PROXY"].filter((name) => env[name]);
  return await Promise.all(names.map((name) => examineProxy(name, env[name] ?? "")));
}

/** Checks a proxy. Shows only its host: the URL may contain a password. */
async function examineProxy(variable: string, value: string): Promise<Finding> {
  const name = `proxy ${variable}`;
  const todo = `unset ${variable} ${variable.toLowerCase()}, or set both to a proxy that answers`;
  if (!URL.canParse(value)) return { name, ok: false, detail: "is not a URL", todo };
  const { protocol, hostname, port, host } = new URL(value);
  const socket = connect({ host: hostname, port: Number(port || (protocol === "https:" ? 443 : 80)) });
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(PROXY_TIMEOUT_MS) });
    return { name, ok: true, detail: `${host}, only for downloads` };
  } catch (error) {
    return {
      name,
      ok: false,
      detail: `nothing can be downloaded: ${host} does not answer (${(error as Error).message})`,
      todo,
    };
  } finally {
    socket.destroy();
  }
}

async function examineDocker(machine: Machine): Promise<Finding> {
  const daemon = await askDaemon(machine.env);
  if (daemon.version !== undefined)
    return { name: "docker", ok: true, detail: `${daemon.version} (a daemon that answers)` };
  const { what, where, todo } = noDaemon(machine, daemon);
  const detail = where === undefined ? what : `${what}: ${where}`;
  return {
    name: "docker",
    ok: false,
    detail,
    todo: canInstall(machine, daemon) ? `${UP} installs and starts it` : todo,
  };
}

async function examineTool(tool: Tool, machine: Machine): Promise<Finding> {
  const found = await find(tool, machine);
  if (typeof found === "string") {
    return {
      name: tool.name,
      ok: false,
      detail: found,
      todo: `${UP} installs ${tool.version}, or: ${tool.byHand}`,
    };
  }
  return { name: tool.name, ok: true, detail: `${found.version} (${found.source}) ${describeFolder(found)}` };
}

function describeFolder({ source, dir }: Found): string {
  return source === "stand-in" ? `${dir}: our stand-in, until Pulumi's own can be downloaded` : dir;
}

async function examineCluster(machine: Machine, profile: string, dockerAnswers: boolean): Promise<Finding> {
  const name = `cluster ${profile}`;
  const minikube = await find(hostTools.minikube, machine);
  if (typeof minikube === "string" || !profileExists(machine, profile)) {
    return { name, ok: false, detail: "missing", todo: `${UP} creates it` };
  }
  const running = await isRunning(minikubeOf(minikube, machine), profile);
  if (!running && !dockerAnswers) {
    return { name, ok: false, detail: "unknown: no Docker daemon answers", todo: "see docker above" };
  }
  const made = (await isMadeHere(machine, profile)) ? "made by this project" : "not made by this project";
  if (running) return { name, ok: true, detail: `running, ${made}` };
  // Not `minikube start`: if only the context is missing, that would needlessly restart everything in the node.
  return { name, ok: false, detail: `not running, or not in the kubeconfig; ${made}`, todo: UP };
}
