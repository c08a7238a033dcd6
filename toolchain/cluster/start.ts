import type { Say } from "../step";
import { VERSIONS } from "../tools";
import { forgetUnanswered } from "./connection-tracking";
import { refuseTakenPort } from "./host-port";
import { deleteProfile, startMinikube, type Minikube } from "./minikube";
import { noteProfile, ownershipOf, profileExists } from "./profile";

/** The cluster that is wanted: a profile, and the NodePort that is published on the loopback address. */
export interface ClusterRequest {
  readonly profile: string;
  readonly nodePort: number;
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
    await startMinikube(minikube, profile, [], say);
    if (ownership === "ours") await forgetUnanswered(minikube, profile);
    return;
  }
  // What an interrupted first start left behind is ours and holds nothing.
  if (known) await deleteProfile(minikube, profile, say);
  await refuseTakenPort(request.nodePort);
  await noteProfile(machine, profile, false);
  await startMinikube(minikube, profile, creationFlags(request, nodeImage), say);
  await forgetUnanswered(minikube, profile);
  await noteProfile(machine, profile, true);
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
