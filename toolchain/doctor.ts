import { find } from "./acquire";
import { minikubeOf, isRunning, isMadeHere, profileExists } from "./cluster";
import { askDaemon, canInstall, noDaemon } from "./docker";
import type { Machine } from "./machine";
import { isStandIn } from "./offline/docker-stand-in/bundle";
import type { Found, Tool } from "./tool";
import { hostTools, plugins } from "./tools";

/** What the doctor says of one thing: what is there, or what to do about it. */
export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  /** Version and where it is from, or what is wrong. */
  readonly detail: string;
  readonly todo?: string;
}

const UP = "npm run up";

/** Looks at everything that the toolchain would see to, and changes nothing. */
export async function examine(machine: Machine, profile: string): Promise<Finding[]> {
  const tools = [...Object.values(hostTools), ...Object.values(plugins)];
  const [docker, cluster, ...found] = await Promise.all([
    examineDocker(machine),
    examineCluster(machine, profile),
    ...tools.map((tool) => examineTool(tool, machine)),
  ]);
  return [docker, ...found, cluster];
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
      todo: `${UP} gets ${tool.version}, or: ${tool.byHand}`,
    };
  }
  return { name: tool.name, ok: true, detail: `${found.version} (${found.source}) ${describeFolder(found)}` };
}

function describeFolder({ dir }: Found): string {
  return isStandIn(dir) ? `${dir}: our stand-in, until Pulumi's own can be had` : dir;
}

async function examineCluster(machine: Machine, profile: string): Promise<Finding> {
  const name = `cluster ${profile}`;
  const minikube = await find(hostTools.minikube, machine);
  if (typeof minikube === "string" || !profileExists(machine, profile)) {
    return { name, ok: false, detail: "missing", todo: `${UP} makes it` };
  }
  const made = await whoMade(machine, profile);
  if (await isRunning(minikubeOf(minikube, machine), profile))
    return { name, ok: true, detail: `running, ${made}` };
  return { name, ok: false, detail: `not running, ${made}`, todo: `${UP}, or: minikube start -p ${profile}` };
}

async function whoMade(machine: Machine, profile: string): Promise<string> {
  try {
    return (await isMadeHere(machine, profile)) ? "made by this project" : "not made by this project";
  } catch {
    return "made by whom is unknown while Docker doesn't answer";
  }
}
