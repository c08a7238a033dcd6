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

type Variables = Readonly<Record<string, string | undefined>>;

/** The variables that `minikube docker-env` changes. */
const CHANGED = ["DOCKER_HOST", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"];

/**
 * Undoes `eval $(minikube docker-env)`. In such a shell, the docker command talks to the daemon inside the node, which
 * doesn't know the node's own container and is gone after `minikube stop`. minikube keeps the earlier values under a
 * prefix (its pkg/minikube/constants: MinikubeActiveDockerdEnv, MinikubeExistingPrefix).
 */
export function undoDockerEnv(variables: Variables): Variables {
  if (!variables["MINIKUBE_ACTIVE_DOCKERD"]) return variables;
  const before = CHANGED.map((name) => [name, variables[`MINIKUBE_EXISTING_${name}`] || undefined]);
  return { ...variables, ...(Object.fromEntries(before) as Variables), MINIKUBE_ACTIVE_DOCKERD: undefined };
}
