import type { AppsV1Api, CoreV1Api, KubeConfig, Log } from "@kubernetes/client-node";
import { apisFor, kubernetesClient, statusOf } from "../../cluster/connection/kubernetes-client";
import { clusterDown, contextOf } from "./context";
import type { Deployed, StackRef } from ".";

/** How long one answer may take, in milliseconds: the API server is on this machine. */
const ANSWER_MS = 5_000;

/** Kubernetes' own client for the cluster of one stack. Only used for reading. */
export interface Cluster {
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly log: Log;
}

/** Makes a client for the cluster of a stack. It sends no request yet. @throws UserError if there is no such cluster */
export async function clusterOf(deployed: Deployed): Promise<Cluster> {
  return clientFor((await contextOf(deployed)).client);
}

/** A client for the current context of a configuration. */
export async function clientFor(config: KubeConfig): Promise<Cluster> {
  const { Log } = await kubernetesClient();
  return { ...(await apisFor(config, ANSWER_MS)), log: new Log(config) };
}

/**
 * Sends a request to the cluster of a stack.
 *
 * @throws UserError if the cluster doesn't answer
 */
export async function askCluster<T>(deployed: StackRef, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw await clusterDown(deployed, whyNoAnswer(error));
  }
}

function whyNoAnswer(error: unknown): string {
  const { name, message } = error as Error;
  const status = statusOf(error);
  if (status !== undefined) return `its API server answered ${status}`;
  return name === "AbortError" ? `no answer within ${ANSWER_MS / 1000} s` : message;
}
