import type { KubeConfig, KubernetesObject, V1Deployment, V1Service } from "@kubernetes/client-node";
import { apisFor, orUndefined, type Apis } from "./kubernetes-client";

/** A kind of object that Kubernetes itself doesn't have. */
interface CustomKind {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
}

/** Reads objects of a cluster by name. Each method rejects if no answer comes in time. */
export class ApiServer {
  /** Talks to the cluster of the configuration's current context. */
  static async connect(config: KubeConfig): Promise<ApiServer> {
    return new ApiServer(await apisFor(config));
  }

  /** @param apis for all other requests */
  private constructor(readonly apis: Apis) {}

  /** The namespace, or undefined if there is none of that name. */
  namespace(name: string): Promise<KubernetesObject | undefined> {
    return orUndefined(this.apis.core.readNamespace({ name }));
  }

  /** The Deployment, or undefined if there is none of that name. */
  deployment(namespace: string, name: string): Promise<V1Deployment | undefined> {
    return orUndefined(this.apis.apps.readNamespacedDeployment({ namespace, name }));
  }

  /** The PodDisruptionBudget, or undefined if there is none of that name. */
  disruptionBudget(namespace: string, name: string): Promise<KubernetesObject | undefined> {
    return orUndefined(this.apis.policy.readNamespacedPodDisruptionBudget({ namespace, name }));
  }

  /** The HorizontalPodAutoscaler, or undefined if there is none of that name. */
  autoscaler(namespace: string, name: string): Promise<KubernetesObject | undefined> {
    return orUndefined(this.apis.autoscaling.readNamespacedHorizontalPodAutoscaler({ namespace, name }));
  }

  /** The NetworkPolicy, or undefined if there is none of that name. */
  networkPolicy(namespace: string, name: string): Promise<KubernetesObject | undefined> {
    return orUndefined(this.apis.networking.readNamespacedNetworkPolicy({ namespace, name }));
  }

  /** An object of another kind. Undefined if there is none of that name, no such kind, or no right to read it. */
  custom(kind: CustomKind, namespace: string, name: string): Promise<KubernetesObject | undefined> {
    const found = this.apis.custom.getNamespacedCustomObject({ ...kind, namespace, name });
    return orUndefined(found as Promise<KubernetesObject>, [403, 404]);
  }

  /** Whether the cluster has a kind of object. */
  async knows({ group, version, plural }: CustomKind): Promise<boolean> {
    const found = await orUndefined(this.apis.custom.getAPIResources({ group, version }));
    return found?.resources.some(({ name }) => name === plural) ?? false;
  }

  /** The Service, or undefined if there is none of that name. */
  service(namespace: string, name: string): Promise<V1Service | undefined> {
    return orUndefined(this.apis.core.readNamespacedService({ namespace, name }));
  }

  /** The Services of all namespaces, because they share one range of node ports. */
  async services(): Promise<V1Service[]> {
    const { items } = await this.apis.core.listServiceForAllNamespaces();
    return items;
  }
}
