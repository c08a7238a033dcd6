import { attempt, run } from "../command";
import type { Machine } from "../machine";
import type { Say } from "../step";

/** `minikube` as it was found, and what every call of it gets. */
export interface Minikube {
  readonly file: string;
  readonly machine: Machine;
}

/** Whether the profile's host, kubelet and API server all run, as `minikube status` says. */
export async function isRunning({ file, machine }: Minikube, profile: string): Promise<boolean> {
  const { output } = await attempt(file, ["status", "-p", profile, "-o", "json"], { env: machine.env });
  const json = /^\{.*\}$/m.exec(output)?.[0];
  if (json === undefined) return false;
  const status = JSON.parse(json) as Record<string, unknown>;
  return (
    ["Host", "Kubelet", "APIServer"].every((part) => status[part] === "Running") &&
    status.Kubeconfig === "Configured"
  );
}

/** Starts a profile, whether it is there or not. */
export async function startMinikube(
  { file, machine }: Minikube,
  profile: string,
  flags: string[],
  say: Say,
): Promise<void> {
  const args = ["start", "-p", profile, ...flags];
  // minikube won't run its docker driver as root without being told to.
  if (machine.root) args.push("--force");
  // Only minikube's own default profile becomes the current context: that is what its users expect.
  if (profile !== "minikube") args.push("--keep-context");
  await run(file, args, { say, env: { ...machine.env, MINIKUBE_IN_STYLE: "false" } });
}

/** Deletes a profile and everything in it. */
export async function deleteProfile({ file, machine }: Minikube, profile: string, say: Say): Promise<void> {
  say(`deleting the minikube profile ${profile}`);
  await run(file, ["delete", "-p", profile], { env: machine.env, say });
}
