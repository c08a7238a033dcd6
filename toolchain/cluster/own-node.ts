import { readdirSync } from "node:fs";
import { join } from "node:path";
import { attempt } from "../command";
import type { Machine } from "../machine";
import type { Say } from "../step";
import { VERSIONS } from "../tools";
import { whyUnreachable } from "./registry";

/** The registries of minikube's node image, and of Kubernetes' images. */
const REGISTRIES = ["https://gcr.io", "https://registry.k8s.io"];

/**
 * Decides whether to build a node image, which takes minutes, and says why. Yes, if minikube's own image would not
 * run, or is neither in minikube's cache nor in its registries.
 */
export async function needsOwnNode(
  machine: Machine,
  say: Say,
  registries: readonly string[] = REGISTRIES,
): Promise<boolean> {
  if (machine.lacksSysResource) {
    say("minikube's node image does not run without CAP_SYS_RESOURCE: building one from source", "notice");
    return true;
  }
  if (await hasMinikubeNode(machine)) return false;
  const reasons = await Promise.all(registries.map((each) => whyUnreachable(each, "patiently")));
  const reason = reasons.find((each) => each !== undefined);
  if (reason === undefined) return false;
  const { canMakeNode } = await import("../offline/index.js");
  const canMake = await canMakeNode(machine);
  say(
    `${reason}: ${canMake ? "building the node image from source" : "minikube tries its other sources"}`,
    "notice",
  );
  return canMake;
}

/** Whether minikube has its node image and Kubernetes' images, and needs no download. */
async function hasMinikubeNode({ minikubeHome, arch, env }: Machine): Promise<boolean> {
  const cache = (...folder: string[]) => namesIn(join(minikubeHome, "cache", ...folder));
  const preload = `-v${VERSIONS.kubernetes}-docker-`;
  if (!cache("preloaded-tarball").some((name) => name.includes(preload) && name.endsWith(`${arch}.tar.lz4`)))
    return false;
  if (cache("kic", arch).some((name) => name.endsWith(".tar"))) return true;
  const images = await attempt("docker", ["image", "ls", "--format", "{{.Repository}}"], { env });
  return /^\S*\bkicbase(\/stable)?$/m.test(images.stdout);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // minikube has never cached anything there
  }
}
