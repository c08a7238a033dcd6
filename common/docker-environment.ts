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
