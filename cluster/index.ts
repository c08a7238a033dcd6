import { connect, type Connection } from "./connection";
import type { Environment } from "./connection/environment";
import { findContext, type FoundContext } from "./connection/kubeconfig";
import { findKind, refuseStopped, type Kind } from "./kinds";

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
  const kind = await findKind(found, environment);
  return { ...(await connect(found, kind.start)), kind };
}

/** `minikube stop` removes the context: a stopped cluster of that name is the better explanation. */
async function lookUp(context: string, environment: Environment): Promise<FoundContext> {
  try {
    return await findContext(environment.kubeconfigs, context);
  } catch (error) {
    await refuseStopped(context, environment);
    throw error;
  }
}
