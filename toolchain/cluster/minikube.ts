import { join } from "node:path";
import { attempt, run } from "../command";
import type { Machine } from "../machine";
import type { Say } from "../step";
import type { Found } from "../tool";

/** The `minikube` executable, and the machine that it runs on. */
export interface Minikube {
  readonly file: string;
  readonly machine: Machine;
}

/** The minikube executable among the tools. */
export function minikubeOf({ dir }: Found, machine: Machine): Minikube {
  return { file: join(dir, "minikube"), machine };
}

/** Whether the profile's host, kubelet and API server run, and the kubeconfig leads there. */
export async function isRunning(minikube: Minikube, profile: string): Promise<boolean> {
  const status = await readStatus(minikube, profile);
  return partsRun(status) && status.Kubeconfig === "Configured";
}

/**
 * Ensures that the kubeconfig has the context of a running profile, which may have been started with another kubeconfig.
 * `minikube start` would add the context too, but restarts everything in the node.
 *
 * @returns whether the profile runs
 */
export async function ensureContext(minikube: Minikube, profile: string, say: Say): Promise<boolean> {
  const { file, machine } = minikube;
  const status = await readStatus(minikube, profile);
  if (!partsRun(status)) return false;
  if (status.Kubeconfig === "Configured") return true;
  say(
    `the kubeconfig doesn't lead to ${profile}, which runs: its context is added, as the current one`,
    "notice",
  );
  await run(file, ["update-context", "-p", profile], { say, env: machine.env });
  return true;
}

type Status = Readonly<Record<string, unknown>>;

async function readStatus({ file, machine }: Minikube, profile: string): Promise<Status> {
  const { output } = await attempt(file, ["status", "-p", profile, "-o", "json"], { env: machine.env });
  const status = JSON.parse(/^(\{.*\}|\[.*\])$/m.exec(output)?.[0] ?? "{}") as Status | Status[];
  return (Array.isArray(status) ? status[0] : status) ?? {}; // the first of several nodes has the API server
}

function partsRun(status: Status): boolean {
  return ["Host", "Kubelet", "APIServer"].every((part) => status[part] === "Running");
}

/** Starts a profile, and creates it if it doesn't exist. */
export async function startMinikube(
  { file, machine }: Minikube,
  profile: string,
  flags: string[],
  say: Say,
): Promise<void> {
  const args = ["start", "-p", profile, ...flags];
  // minikube refuses its docker driver to root without this flag.
  if (machine.root) args.push("--force");
  // Only minikube's default profile becomes the current context, as its users expect.
  if (profile !== "minikube") args.push("--keep-context");
  await run(file, args, { say, env: { ...machine.env, MINIKUBE_IN_STYLE: "false" } });
}

/** Deletes a profile and everything in it. */
export async function deleteProfile({ file, machine }: Minikube, profile: string, say: Say): Promise<void> {
  say(`deleting the minikube profile ${profile}`);
  await run(file, ["delete", "-p", profile], { env: machine.env, say });
}
