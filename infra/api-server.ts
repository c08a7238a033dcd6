import {
  ApiException,
  AppsV1Api,
  CoreV1Api,
  createConfiguration,
  type KubeConfig,
  type KubernetesObject,
  type Middleware,
  ServerConfiguration,
  type V1Service,
} from "@kubernetes/client-node";
import { limits } from "./limits";

/** The few questions that are asked before anything is declared. Each rejects where no answer comes in time. */
export class ApiServer {
  readonly #core: CoreV1Api;
  readonly #apps: AppsV1Api;

  /** Talks to the cluster of the configuration's current context. */
  constructor(config: KubeConfig) {
    const configuration = createConfiguration({
      baseServer: new ServerConfiguration(config.getCurrentCluster()?.server ?? "", {}),
      authMethods: { default: config },
      promiseMiddleware: [inTime],
    });
    this.#core = new CoreV1Api(configuration);
    this.#apps = new AppsV1Api(configuration);
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
    if (error instanceof ApiException && error.code === 404) return undefined;
    throw error;
  }
}
