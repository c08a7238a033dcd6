import type * as client from "@kubernetes/client-node";
import type { KubeConfig } from "@kubernetes/client-node";
import { UserError } from "../../common/problem";
import type * as parts from "./client-parts";

/**
 * Kubernetes' own client, when it is first asked for. Imported like this Node.js loads it as it is; at the top of a
 * file it would go through tsx, which takes three times as long for its thousand modules. The compiled program has only
 * the parts that are in use.
 */
export function kubernetesClient(): Promise<typeof parts> {
  return import("@kubernetes/client-node");
}

/**
 * How long the program waits for one answer of the API server or of Docker, in milliseconds. Both are on this machine.
 * Together with the start of the program it has to stay below the 5 seconds after which a person thinks that it hangs.
 */
export const ANSWER_MS = 3_000;

/** The APIs of a cluster that are asked for anything here. */
export interface Apis {
  readonly core: client.CoreV1Api;
  readonly apps: client.AppsV1Api;
  readonly policy: client.PolicyV1Api;
  readonly autoscaling: client.AutoscalingV2Api;
  readonly networking: client.NetworkingV1Api;
  readonly custom: client.CustomObjectsApi;
  /** Streams the log of a container, however long that takes. */
  readonly log: client.Log;
}

/** The APIs of the cluster of a configuration's current context. No request is sent yet. */
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

/** The HTTP status of an answer that refuses (an ApiException's code); undefined if there was no answer. */
export function statusOf(error: unknown): number | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === "number" ? code : undefined;
}

/** Says which right the user lacks, in the API server's words. Undefined for any other error. */
export function forbidden(error: unknown): UserError | undefined {
  if (statusOf(error) !== 403) return undefined;
  return new UserError({
    what: `The cluster refuses: ${reasonOf(error).trim()}`,
    allowed: "a user with the rights that docs/clusters.md lists",
    todo: "have whoever runs the cluster give you them, or: npx pulumi config set context ANOTHER",
  });
}

/** Why a request failed, in the API server's own words (a Status' message); if it said nothing, in the error's. */
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
