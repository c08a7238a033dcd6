type Variables = Readonly<Record<string, string | undefined>>;

/** What `minikube docker-env` changes. */
const CHANGED = ["DOCKER_HOST", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"];

/**
 * The environment as it was before `eval $(minikube docker-env)`. In such a shell the docker command talks to the daemon
 * inside the node, which knows nothing of the node itself and is gone after `minikube stop`. minikube keeps the earlier
 * values under a prefix (its pkg/minikube/constants: MinikubeActiveDockerdEnv, MinikubeExistingPrefix).
 */
export function undoDockerEnv(variables: Variables): Variables {
  if (!variables["MINIKUBE_ACTIVE_DOCKERD"]) return variables;
  const before = CHANGED.map((name) => [name, variables[`MINIKUBE_EXISTING_${name}`] || undefined]);
  return { ...variables, ...(Object.fromEntries(before) as Variables), MINIKUBE_ACTIVE_DOCKERD: undefined };
}
