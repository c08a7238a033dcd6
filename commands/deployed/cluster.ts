import { UserError } from "../../common/problem";
import { readEnvironment } from "../../cluster/connection/environment";
import { findContext, type FoundContext } from "../../cluster/connection/kubeconfig";
import {
  ANSWER_MS,
  apisFor,
  forbidden,
  isUnanswered,
  statusOf,
  type Apis,
} from "../../cluster/connection/kubernetes-client";
import { findProfile } from "../../cluster/kinds/minikube/find-profile";
import { profileExists } from "../../toolchain/cluster";
import type { StackRef } from ".";

/** Makes clients for the cluster that a stack is deployed to. Sends no request. @throws as `contextOf` does */
export async function apisOf(ref: StackRef): Promise<Apis> {
  return apisFor((await contextOf(ref)).client);
}

/**
 * Finds the context of the cluster that a stack is deployed to. It needn't be the current context.
 *
 * @throws UserError if the context doesn't exist. `minikube stop` removes it
 */
export async function contextOf(ref: StackRef): Promise<FoundContext> {
  const { machine, config } = ref;
  try {
    return await findContext(readEnvironment(machine.env).kubeconfigs, config.context);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw await noCluster(ref, `there is no Kubernetes context ${config.context}`);
  }
}

/** Sends a request to the cluster of a stack. @throws UserError if the cluster doesn't answer */
export async function askCluster<T>(ref: StackRef, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw forbidden(error) ?? (await noCluster(ref, whyNoAnswer(error)));
  }
}

function whyNoAnswer(error: unknown): string {
  const status = statusOf(error);
  if (status !== undefined) return `its API server answered ${status}`;
  return isUnanswered(error) ? `no answer within ${ANSWER_MS / 1000} s` : (error as Error).message;
}

async function noCluster({ machine, config }: StackRef, why: string): Promise<UserError> {
  const profile = await findProfile(config, readEnvironment(machine.env));
  if (profile === undefined) {
    const todo = `kubectl --context ${config.context} get nodes, and make that work in this shell`;
    return new UserError({ what: `The cluster ${config.context} can't be used: ${why}`, todo });
  }
  const state = profileExists(machine, profile) ? "does not run" : "is not there";
  return new UserError({
    what: `The cluster ${config.context} ${state}: ${why}`,
    todo: "npm run up, which starts it and keeps its objects",
  });
}
