import { join } from "node:path";
import { acquire } from "../acquire";
import type { Machine } from "../machine";
import type { Say } from "../step";
import type { Found } from "../tool";
import { nodeTools } from "../tools";
import { ensureDebianBase } from "../offline/node/debian-base";
import { ensureKubernetesImages } from "../offline/node/kubernetes-images";
import { ensureNodeImage } from "../offline/node/node-image";

export { ensureBaseImages } from "../offline/base-image";
export { namedImages } from "../offline/named-images";
export { deleteProfile, isRunning, type Minikube } from "./minikube";
export { needsOwnNode } from "./own-node";
export { ensureProfile, type ClusterRequest } from "./start";
export { isMadeHere, profileExists, refuseDeletion } from "./profile";

/**
 * Makes the node image and fills minikube's cache. The Debian base is downloaded while the tools are built.
 *
 * @param kubectl the one that goes into the node
 * @returns the node image's name
 */
export async function makeNode(machine: Machine, kubectl: Found, say: Say): Promise<string> {
  const [built] = await Promise.all([buildNodeTools(machine, say), ensureDebianBase(machine, say)]);
  const image = await ensureNodeImage(machine, built, say);
  await ensureKubernetesImages(machine, [...built, kubectl], say);
  return image;
}

/** One after the other: each build uses every core. */
async function buildNodeTools(machine: Machine, say: Say): Promise<Found[]> {
  const built: Found[] = [];
  for (const tool of nodeTools) {
    built.push(
      await acquire(tool, machine, (line, kind) => say(`${tool.name} ${tool.version}: ${line}`, kind)),
    );
  }
  return built;
}

/** The minikube executable among the tools. */
export function minikubeOf(found: Found, machine: Machine): { file: string; machine: Machine } {
  return { file: join(found.dir, "minikube"), machine };
}
