import { UserError } from "../../common/problem";
import { readEnvironment } from "../../cluster/connection/environment";
import { findContext, type FoundContext } from "../../cluster/connection/kubeconfig";
import { findProfile } from "../../cluster/kinds/minikube/find-profile";
import { profileExists } from "../../toolchain/cluster";
import type { StackRef } from ".";

/**
 * Finds the cluster that a stack is deployed to, whichever context is the current one.
 *
 * @throws UserError if there is no such cluster, or it was stopped: `minikube stop` removes the context
 */
export async function contextOf(deployed: StackRef): Promise<FoundContext> {
  const { machine, config } = deployed;
  try {
    return await findContext(readEnvironment(machine.env).kubeconfigs, config.context);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw await clusterDown(deployed, `there is no Kubernetes context ${config.context}`);
  }
}

/** The error of a cluster that can't be asked. */
export async function clusterDown({ machine, config }: StackRef, why: string): Promise<UserError> {
  const profile = await findProfile(config.context, readEnvironment(machine.env));
  const state = profileExists(machine, profile) ? "does not run" : "is not there";
  return new UserError({
    what: `The cluster ${config.context} ${state}: ${why}`,
    todo: `npm run up, which starts it and keeps what is there`,
  });
}
