import { basename, join, resolve } from "node:path";

/**
 * The folder where minikube keeps profiles, certificates and cached images. MINIKUBE_HOME is the folder that holds
 * `.minikube`, unless it is that folder itself (minikube's pkg/minikube/localpath).
 *
 * @param configured the variable's value; empty is as good as none
 */
export function minikubeHome(configured: string | undefined, home: string): string {
  if (!configured) return join(home, ".minikube");
  return resolve(basename(configured) === ".minikube" ? configured : join(configured, ".minikube"));
}
