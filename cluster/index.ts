import { UserError } from "../common/problem";
import { connect, type Connection } from "./connection";
import { DEFAULT_CONTEXT, type Environment, type Target } from "./connection/environment";
import { findContext, readKubeconfigs, type FoundContext } from "./connection/kubeconfig";
import { findKind, findRunningProfile, type Kind } from "./kinds";

/** A cluster that the stack can be deployed to. */
export interface Cluster extends Connection {
  readonly kind: Kind;
}

/**
 * Connects to the cluster of a context. The current context doesn't matter. It only reads.
 *
 * @throws {UserError} if the context doesn't exist, its cluster doesn't answer, or the stack can't be deployed to
 * that kind of cluster; within 5 seconds
 */
export async function connectCluster(
  { context, registry }: Target,
  environment: Environment,
): Promise<Cluster> {
  const found = await lookUp(context, environment);
  const profile = await findRunningProfile(found.cluster, environment);
  if (profile === undefined && context === DEFAULT_CONTEXT) throw notMinikube(found, environment);
  const start =
    profile === undefined ? `kubectl --context ${context} get nodes` : `minikube start -p ${profile.name}`;
  const connection = await connect(found, start);
  return { ...connection, kind: await findKind(connection, profile, registry, environment) };
}

/** Finds a context. If it is missing but minikube has a cluster of that name, the error says what to do about that. */
async function lookUp(context: string, environment: Environment): Promise<FoundContext> {
  const { kubeconfigs } = environment;
  try {
    return await findContext(kubeconfigs, context);
  } catch (error) {
    const profile = await findRunningProfile(context, environment); // `minikube stop` removes the context
    const { merged } = await readKubeconfigs(kubeconfigs);
    const renamed = merged.getCluster(context) !== null;
    if (profile?.container === undefined || renamed) throw error;
    throw new UserError({
      what: `The minikube cluster ${context} runs, but the kubeconfig doesn't lead to it.`,
      where: kubeconfigs.join(", "),
      todo: `minikube update-context -p ${context}`,
    });
  }
}

/** Refuses the default context if it leads elsewhere, so that nobody deploys to another cluster by accident. */
function notMinikube({ context, cluster }: FoundContext, { minikubeHome }: Environment): UserError {
  return new UserError({
    what: `The context ${context} leads to the cluster ${cluster}, which is not one of minikube's.`,
    where: `${minikubeHome}/profiles`,
    allowed: "the name minikube for a cluster of minikube's alone",
    todo: `minikube start; or, for that cluster: kubectl config rename-context ${context} ${cluster}, then: npx pulumi config set context ${cluster}`,
  });
}

/** Names the cluster, user and namespace of a deployment. */
export function destination({ context, client }: Connection, namespace: string): string {
  const server = client.getCurrentCluster()?.server ?? "";
  const user = client.getCurrentUser()?.name ?? "";
  return `Deploying to the cluster ${context} (${server}) as the user ${user}, into the namespace ${namespace}.`;
}
