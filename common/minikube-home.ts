import { basename, join, resolve } from "node:path";

/**
 * The folder where minikube keeps profiles, certificates and cached images. MINIKUBE_HOME names the folder that contains
 * `.minikube`, or `.minikube` itself (minikube's pkg/minikube/localpath).
 *
 * @param configured the value of MINIKUBE_HOME; an empty value counts as none
 */
export function minikubeHome(configured: string | undefined, home: string): string {
  if (!configured) return join(home, ".minikube");
  return resolve(basename(configured) === ".minikube" ? configured : join(configured, ".minikube"));
}
