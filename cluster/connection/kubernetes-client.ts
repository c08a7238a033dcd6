import type * as client from "@kubernetes/client-node";
import type { KubeConfig } from "@kubernetes/client-node";
import { UserError } from "../../common/problem";
import type * as parts from "./client-parts";

/**
 * Loads Kubernetes' client when it is first used. With `import()`, Node.js loads it directly. Imported at the top of a file,
 * it would go through tsx, which takes three times as long for its thousand modules. The compiled program has only the
 * parts that are used.
 */
export function kubernetesClient(): Promise<typeof parts> {
  return import("@kubernetes/client-node");
}

/**
 * How long the program waits for one answer of the API server or of Docker, in milliseconds. With the start of the
 * program, it must stay below the 5 seconds after which a person thinks that it hangs.
 */
export const ANSWER_MS = 3_000;

/** The APIs of a cluster that are used here. */
export interface Apis {
  readonly core: client.CoreV1Api;
  readonly apps: client.AppsV1Api;
  readonly policy: client.PolicyV1Api;
  readonly autoscaling: client.AutoscalingV2Api;
  readonly networking: client.NetworkingV1Api;
  readonly custom: client.CustomObjectsApi;
  /** Streams the log of a container, without a time limit. */
  readonly log: client.Log;
}

/** Makes the APIs for the current context of a kubeconfig. No request is sent yet. */
export async function apisFor(config: KubeConfig): Promise<Apis> {
  const k8s = await kubernetesClient();
  // The client has no time limit of its own.
  const inTime: client.Middleware = {
    pre: (request) => {
      request.setSignal(AbortSignal.timeout(ANSWER_MS));
      return Promise.resolve(request);
    },
    post: (response) => Promise.resolve(response),
  };
  const configuration = k8s.createConfiguration({
    baseServer: new k8s.ServerConfiguration(config.getCurrentCluster()?.server ?? "", {}),
    authMethods: { default: config },
    promiseMiddleware: [inTime],
  });
  return {
    core: new k8s.CoreV1Api(configuration),
    apps: new k8s.AppsV1Api(configuration),
    policy: new k8s.PolicyV1Api(configuration),
    autoscaling: new k8s.AutoscalingV2Api(configuration),
    networking: new k8s.NetworkingV1Api(configuration),
    custom: new k8s.CustomObjectsApi(configuration),
    log: new k8s.Log(config),
  };
}

/** The HTTP status of a request that the API server refused (an ApiException's code); undefined if it didn't answer. */
export function statusOf(error: unknown): number | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === "number" ? code : undefined;
}

/** An answer. Undefined if the API server refused the request with one of these statuses, by default because of a 404. */
export async function orUndefined<T>(answer: Promise<T>, statuses = [404]): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (statuses.includes(statusOf(error) ?? 0)) return undefined;
    throw error;
  }
}

/** Whether a request was given up because no answer came within {@link ANSWER_MS}. */
export function isUnanswered(error: unknown): boolean {
  return (error as Error).name === "AbortError";
}

/** Says which right the user lacks, in the API server's words. Undefined for any other error. */
export function forbidden(error: unknown): UserError | undefined {
  if (statusOf(error) !== 403) return undefined;
  return new UserError({
    what: `The cluster refuses: ${reasonOf(error).trim()}`,
    allowed: "a user with the rights that docs/clusters.md lists",
    todo: "ask the cluster's owner for these rights, or: npx pulumi config set context ANOTHER",
  });
}

/** Says that the cluster refused a request, or failed to answer it. Undefined for any other error. */
export function clusterError(error: unknown): UserError | undefined {
  const what = failure(error);
  if (what === undefined) return forbidden(error);
  return new UserError({ what, todo: "run the same command again once the cluster is less busy" });
}

function failure(error: unknown): string | undefined {
  if (isUnanswered(error)) return `The cluster didn't answer a request within ${ANSWER_MS / 1000} s.`;
  const status = statusOf(error) ?? 0;
  const isFailure = status === 429 || status >= 500;
  const { name } = error as Error; // FetchError: the connection failed
  if (!isFailure && name !== "FetchError") return undefined;
  return `The cluster failed to answer a request: ${isFailure ? `HTTP ${status} ` : ""}${reasonOf(error)}`.trim();
}

/** Why a request failed: the API server's message, or the error's if there is none. */
export function reasonOf(error: unknown): string {
  const { body, message } = error as { body?: unknown; message?: string };
  const told = typeof body === "string" ? messageIn(body) : undefined;
  return typeof told === "string" ? told : (message ?? String(error));
}

/** The message of a Status (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/). */
function messageIn(body: string): unknown {
  try {
    return (JSON.parse(body) as { message?: unknown } | null)?.message;
  } catch {
    return body;
  }
}
