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
 * Makes the node image, and fills minikube's cache with what kubeadm asks for. The Debian base is downloaded while the
 * tools are built.
 *
 * @param kubectl the one that goes into the node
 * @returns the node image's name
 * @throws UserError if this machine can't make them
 */
export async function makeNode(machine: Machine, kubectl: Found, say: Say): Promise<string> {
  const [built] = await Promise.all([buildNodeTools(machine, say), ensureDebianBase(machine, say)]);
  const archives = await ensureKubernetesImages(machine, [...built, kubectl], say);
  return ensureNodeImage(machine, built, archives, say);
}

/** One after the other: each build uses every core. */
async function buildNodeTools(machine: Machine, say: Say): Promise<Found[]> {
  const built: Found[] = [];
  for (const tool of nodeTools) built.push(await buildTool(tool, machine, say));
  return built;
}
