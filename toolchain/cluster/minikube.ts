import { attempt, run } from "../command";
import type { Machine } from "../machine";
import type { Say } from "../step";
import { VERSIONS } from "../tools";
import { forgetUnanswered } from "./connection-tracking";
import { refuseTakenPort } from "./host-port";
import { noteProfile, ownershipOf, profileExists } from "./profile";

/** The cluster that is wanted: a profile, and the NodePort that is published on the loopback address. */
export interface ClusterRequest {
  readonly profile: string;
  readonly nodePort: number;
}

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

/**
 * Starts the profile: makes it if there is none, and otherwise brings back the one that is there, as it is.
 *
 * @param nodeImage our own node image, where minikube's can't be used
 */
export async function startProfile(
  minikube: Minikube,
  request: ClusterRequest,
  nodeImage: string | undefined,
  say: Say,
): Promise<void> {
  const { machine } = minikube;
  const { profile } = request;
  const known = profileExists(machine, profile);
  const ownership = ownershipOf(machine, profile);
  if (known && ownership !== "unfinished") {
    await start(minikube, profile, [], say);
    if (ownership === "ours") await forgetUnanswered(minikube, profile);
    return;
  }
  // What an interrupted first start left behind is ours and holds nothing.
  if (known) await deleteProfile(minikube, profile, say);
  await refuseTakenPort(request.nodePort);
  await noteProfile(machine, profile, false);
  await start(minikube, profile, creationFlags(request, nodeImage), say);
  await forgetUnanswered(minikube, profile);
  await noteProfile(machine, profile, true);
}

/** Deletes a profile and everything in it. */
export async function deleteProfile({ file, machine }: Minikube, profile: string, say: Say): Promise<void> {
  say(`deleting the minikube profile ${profile}`);
  await run(file, ["delete", "-p", profile], { env: machine.env, say });
}

async function start({ file, machine }: Minikube, profile: string, flags: string[], say: Say): Promise<void> {
  const args = ["start", "-p", profile, ...flags];
  // minikube won't run its docker driver as root without being told to.
  if (machine.root) args.push("--force");
  // Only minikube's own default profile becomes the current context: that is what its users expect.
  if (profile !== "minikube") args.push("--keep-context");
  await run(file, args, { say, env: { ...machine.env, MINIKUBE_IN_STYLE: "false" } });
}

function creationFlags({ nodePort }: ClusterRequest, nodeImage: string | undefined): string[] {
  const flags = [
    "--driver=docker",
    // 1.39 makes containerd its default; the image is built in the node's Docker daemon.
    "--container-runtime=docker",
    `--kubernetes-version=v${VERSIONS.kubernetes}`,
    // So that the URL answers where the node's own address can't be reached (macOS, Windows).
    `--ports=127.0.0.1:${nodePort}:${nodePort}`,
  ];
  // The addons' images can't be pulled where the node's can't.
  if (nodeImage !== undefined) {
    flags.push(`--base-image=${nodeImage}`, "--preload=false", "--cni=bridge", "--install-addons=false");
  }
  return flags;
}
