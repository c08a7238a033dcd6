import type { Machine } from "../../machine";
import type { Say } from "../../step";
import type { Found } from "../../tool";
import { nodeTools } from "../../tools";
import { buildTool } from "../go-module";
import { ensureDebianBase } from "./debian-base";
import { ensureKubernetesImages } from "./kubernetes-images";
import { ensureNodeImage } from "./node-image";

export { canMakeDebianBase as canMakeNode } from "./debian-base";

/**
 * Builds the node image, and puts the images and binaries that kubeadm needs into minikube's cache. Downloads the Debian
 * base while the tools are built.
 *
 * @param kubectl the kubectl for the node
 * @returns the node image's name
 * @throws UserError if this machine can't build them
 */
export async function makeNode(machine: Machine, kubectl: Found, say: Say): Promise<string> {
  const [built] = await Promise.all([buildNodeTools(machine, say), ensureDebianBase(machine, say)]);
  const archives = await ensureKubernetesImages(machine, [...built, kubectl], say);
  return ensureNodeImage(machine, built, archives, say);
}

/** Builds the tools one after the other: each build uses all cores. */
async function buildNodeTools(machine: Machine, say: Say): Promise<Found[]> {
  const built: Found[] = [];
  for (const tool of nodeTools) built.push(await buildTool(tool, machine, say));
  return built;
}
