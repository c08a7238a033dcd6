import type { AppsV1Api, CoreV1Api, KubeConfig, KubernetesObject, V1Service } from "@kubernetes/client-node";
import { apisFor, statusOf } from "./kubernetes-client";
import { limits } from "./limits";

/** The few questions that are asked before anything is declared. Each rejects where no answer comes in time. */
export class ApiServer {
  readonly #core: CoreV1Api;
  readonly #apps: AppsV1Api;

  /** Talks to the cluster of the configuration's current context. */
  static async connect(config: KubeConfig): Promise<ApiServer> {
    const { core, apps } = await apisFor(config, limits.answer);
    return new ApiServer(core, apps);
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

async function orUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}
