import { connect, type Connection } from "./connection";
import type { Environment } from "./connection/environment";
import { findContext, type FoundContext } from "./connection/kubeconfig";
import { findKind, findRunningProfile, type Kind } from "./kinds";

/** A cluster that the stack can be deployed to. */
export interface Cluster extends Connection {
  readonly kind: Kind;
}

/**
 * Connects to the cluster of a context, whichever context is the current one. It only reads.
 *
 * @throws {UserError} if the context doesn't exist, its cluster doesn't answer, or the stack can't be deployed to
 * that kind of cluster; within 5 seconds
 */
export async function connectCluster(context: string, environment: Environment): Promise<Cluster> {
  const found = await lookUp(context, environment);
  const profile = await findRunningProfile(found.cluster, environment);
  const start =
    profile === undefined ? `kubectl --context ${context} get nodes` : `minikube start -p ${profile.name}`;
  const connection = await connect(found, start);
  return { ...connection, kind: await findKind(connection, profile, environment) };
}

/** `minikube stop` removes the context: a stopped cluster of that name is the better explanation. */
async function lookUp(context: string, environment: Environment): Promise<FoundContext> {
  try {
    return await findContext(environment.kubeconfigs, context);
  } catch (error) {
    await findRunningProfile(context, environment);
    throw error;
  }
}
