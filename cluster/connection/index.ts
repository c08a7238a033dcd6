import type { KubeConfig } from "@kubernetes/client-node";
import { UserError } from "../../common/problem";
import { ApiServer } from "./api-server";
import type { FoundContext } from "./kubeconfig";
import { ANSWER_MS, forbidden, isUnanswered, statusOf } from "./kubernetes-client";

/** A connection to a cluster of any kind. A command or the program makes one and passes it on. */
export interface Connection {
  /** The name of the kube context. */
  readonly context: string;
  /** The kubeconfig file that has the context. */
  readonly kubeconfig: string;
  /** The kubeconfig with this context as the current one. */
  readonly client: KubeConfig;
  /** Identifies the cluster: a new cluster of the same name has another id. */
  readonly id: string;
  readonly api: ApiServer;
}

/**
 * Connects to the cluster of a context. It only reads.
 *
 * @param start what to type to start this cluster
 * @throws {UserError} if the cluster doesn't answer within 3 seconds, or refuses to answer
 */
export async function connect(found: FoundContext, start: string): Promise<Connection> {
  const api = await ApiServer.connect(found.client);
  const id = await identify(api).catch((error: Error) => {
    throw noAnswer(found.context, error, start);
  });
  return { context: found.context, kubeconfig: found.file, client: found.client, id, api };
}

/**
 * The cluster's id: Kubernetes has none, so by convention it is the UID of the namespace kube-system. There is no substitute
 * for a user who may not read it: with another id, the next user's update would replace the whole stack.
 */
async function identify(api: ApiServer): Promise<string> {
  const oldest = await api.namespace("kube-system");
  return oldest?.metadata?.uid ?? "";
}

function noAnswer(context: string, error: Error, start: string): UserError {
  const missing = forbidden(error);
  if (missing !== undefined) return missing;
  const refused = statusOf(error);
  if (refused !== undefined) {
    return new UserError({
      what: `The cluster ${context} refused to answer (HTTP ${refused}).`,
      todo: `Renew its certificates: ${start}`,
    });
  }
  const reason = isUnanswered(error) ? `nothing within ${ANSWER_MS / 1000} seconds` : error.message;
  return new UserError({ what: `The cluster ${context} doesn't answer: ${reason}`, todo: start });
}
