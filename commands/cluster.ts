import type { AppsV1Api, CoreV1Api, KubeConfig, Log, Middleware } from "@kubernetes/client-node";
import { clusterDown, contextOf } from "./context";
import type { Deployed } from "./deployed";

/** How long one answer may take, in milliseconds: the API server is on this machine. */
const ANSWER_MS = 5_000;

/** Kubernetes' own client, for the cluster of one stack. Of what it can do, only what reads is used. */
export interface Cluster {
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly log: Log;
}

/** A client for the cluster of a stack. It asks nothing yet. @throws UserError if there is no such cluster */
export async function clusterOf(deployed: Deployed): Promise<Cluster> {
  return clientFor((await contextOf(deployed)).client);
}

/** A client for the current context of a configuration. */
export async function clientFor(config: KubeConfig): Promise<Cluster> {
  // Not at the top of the file, where it would go through tsx: that takes seconds for its thousand modules.
  const { AppsV1Api, CoreV1Api, createConfiguration, Log, ServerConfiguration } =
    await import("@kubernetes/client-node");
  const configuration = createConfiguration({
    baseServer: new ServerConfiguration(config.getCurrentCluster()?.server ?? "", {}),
    authMethods: { default: config },
    promiseMiddleware: [inTime],
  });
  return {
    core: new CoreV1Api(configuration),
    apps: new AppsV1Api(configuration),
    log: new Log(config),
  };
}

/**
 * Asks the cluster of a stack something.
 *
 * @throws UserError if it doesn't answer
 */
export async function askCluster<T>(deployed: Deployed, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw clusterDown(deployed, whyNoAnswer(error));
  }
}

function whyNoAnswer(error: unknown): string {
  const { name, message, code } = error as Error & { code?: unknown };
  // An ApiException's code is the HTTP status.
  if (typeof code === "number") return `its API server answered ${code}`;
  return name === "AbortError" ? `no answer within ${ANSWER_MS / 1000} s` : message;
}

/** Limits each request: the client has no time limit of its own. */
const inTime: Middleware = {
  pre: (request) => {
    request.setSignal(AbortSignal.timeout(ANSWER_MS));
    return Promise.resolve(request);
  },
  post: (response) => Promise.resolve(response),
};
