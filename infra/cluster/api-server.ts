import type {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  KubernetesObject,
  Middleware,
  V1Service,
} from "@kubernetes/client-node";
import { kubernetesClient } from "./kubernetes-client";
import { limits } from "./limits";

/** The few questions that are asked before anything is declared. Each rejects where no answer comes in time. */
export class ApiServer {
  readonly #core: CoreV1Api;
  readonly #apps: AppsV1Api;

  /** Talks to the cluster of the configuration's current context. */
  static async connect(config: KubeConfig): Promise<ApiServer> {
    const { AppsV1Api, CoreV1Api, createConfiguration, ServerConfiguration } = await kubernetesClient();
    const configuration = createConfiguration({
      baseServer: new ServerConfiguration(config.getCurrentCluster()?.server ?? "", {}),
      authMethods: { default: config },
      promiseMiddleware: [inTime],
    });
    return new ApiServer(new CoreV1Api(configuration), new AppsV1Api(configuration));
  }

  private constructor(core: CoreV1Api, apps: AppsV1Api) {
    this.#core = core;
    this.#apps = apps;
  }

  /** The namespace, or undefined where there is none of that name. */
  namespace(name: string): Promise<KubernetesObject | undefined> {
    return orUndefined(this.#core.readNamespace({ name }));
  }

  /** The Deployment, or undefined where there is none of that name. */
  deployment(namespace: string, name: string): Promise<KubernetesObject | undefined> {
    return orUndefined(this.#apps.readNamespacedDeployment({ namespace, name }));
  }

  /** The Services of all namespaces, which share one range of node ports. */
  async services(): Promise<V1Service[]> {
    const { items } = await this.#core.listServiceForAllNamespaces();
    return items;
  }
}

/** Limits each request: the client has no time limit of its own. */
const inTime: Middleware = {
  pre: (request) => {
    request.setSignal(AbortSignal.timeout(limits.answer));
    return Promise.resolve(request);
  },
  post: (response) => Promise.resolve(response),
};

async function orUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** The HTTP status of an answer that refuses; undefined where there was no answer. */
export function statusOf(error: unknown): number | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === "number" ? code : undefined;
}
