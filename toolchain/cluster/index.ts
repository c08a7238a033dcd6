import { join } from "node:path";
import type { Machine } from "../machine";
import type { Found } from "../tool";

export { ensureBaseImages } from "./base-images";
export { ensureMetricsServer, type RunningProfile } from "./metrics-server";
export { namedImages } from "./named-images";
export { deleteProfile, ensureContext, isRunning, type Minikube } from "./minikube";
export { needsOwnNode } from "./own-node";
export { ensureProfile, flagsForOwnNode, type ClusterRequest } from "./start";
export { isMadeHere, profileExists, refuseDeletion } from "./profile";

/** The minikube executable among the tools. */
export function minikubeOf(found: Found, machine: Machine): { file: string; machine: Machine } {
  return { file: join(found.dir, "minikube"), machine };
}
