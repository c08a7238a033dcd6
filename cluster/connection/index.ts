import type { KubeConfig } from "@kubernetes/client-node";
import { UserError } from "../../common/problem";
import { ApiServer } from "./api-server";
import type { FoundContext } from "./kubeconfig";
import { ANSWER_MS, forbidden, statusOf } from "./kubernetes-client";

/** A cluster that answers, whatever kind it is: made once by a command or the program, and carried along. */
export interface Connection {
  /** The name of the kube context. */
  readonly context: string;
  /** The client configuration file that the context is in. */
  readonly kubeconfig: string;
  /** A client configuration whose current context is this one. */
  readonly client: KubeConfig;
  /** Changes if the cluster is deleted and made again under the same name. */
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
 * Kubernetes gives a cluster no identity. By convention it is the uid of the oldest namespace. There is no other one for
 * a user who may not read it: the stack would be replaced as a whole when the next user deploys.
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
  const reason = error.name === "AbortError" ? `nothing within ${ANSWER_MS / 1000} seconds` : error.message;
  return new UserError({ what: `The cluster ${context} doesn't answer: ${reason}`, todo: start });
}
