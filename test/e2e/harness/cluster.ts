import assert from "node:assert/strict";
import {
  AppsV1Api,
  CoreV1Api,
  DiscoveryV1Api,
  KubeConfig,
  type V1Deployment,
  type V1Pod,
  type V1Service,
  Watch,
} from "@kubernetes/client-node";
import { orUndefined } from "../../../cluster/connection/kubernetes-client";
import { isReady } from "../../../cluster/objects/pods";
import { places, PROFILE } from "./place";
import { kubectl } from "./shell";
import { until } from "./until";

/** Selects the service's objects. */
const OURS = "name=api";

/** The client configuration. It is read again each time: after a restart, the API server has another port. */
export function kubeConfig(): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(places.kubeconfig);
  config.setCurrentContext(PROFILE);
  return config;
}

/** The API of Pods, Services and Namespaces. */
export function core(): CoreV1Api {
  return kubeConfig().makeApiClient(CoreV1Api);
}

/** The API of Deployments. */
export function apps(): AppsV1Api {
  return kubeConfig().makeApiClient(AppsV1Api);
}

/** The Deployment `api`, or undefined if there is none. */
export async function findDeployment(namespace = "default"): Promise<V1Deployment | undefined> {
  return orUndefined(apps().readNamespacedDeployment({ namespace, name: "api" }));
}

/** The Service `api`, or undefined if there is none. */
export async function findService(namespace = "default"): Promise<V1Service | undefined> {
  return orUndefined(core().readNamespacedService({ namespace, name: "api" }));
}

/** The service's pods, without those that are being deleted. */
export async function pods(namespace = "default"): Promise<V1Pod[]> {
  const { items } = await core().listNamespacedPod({ namespace, labelSelector: OURS });
  return items.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
}

/** The name and restarts of each pod, sorted. If they are the same before and after, nothing happened to the pods. */
export async function podsAndRestarts(namespace = "default"): Promise<string[]> {
  const found = await pods(namespace);
  return found
    .map(
      ({ metadata, status }) =>
        `${metadata?.name}, restarts: ${status?.containerStatuses?.[0]?.restartCount}`,
    )
    .sort();
}

/** Waits until exactly so many pods exist, all ready. Pods that are being deleted don't count. */
export async function ready(replicas: number): Promise<V1Pod[]> {
  return await until(`${replicas} pods, all ready`, 60_000, async () => {
    const found = await pods();
    return found.length === replicas && found.every(isReady) ? found : undefined;
  });
}

/** Waits until exactly so many pods exist, all ready, and none is being deleted: only these pods answer. */
export async function settled(replicas: number): Promise<V1Pod[]> {
  return await until(`${replicas} pods, all ready, and no other`, 60_000, async () => {
    const found = await everyPod();
    return found.length === replicas && found.every(isReady) ? found : undefined;
  });
}

/** Scales by `kubectl scale`. Doesn't wait for the pods. */
export async function scale(replicas: number): Promise<void> {
  await kubectl(`scale deployment -l ${OURS} --replicas=${replicas}`);
}

/** The addresses of the pods that the Service sends requests to. */
export async function endpoints(): Promise<string[]> {
  const { items } = await kubeConfig().makeApiClient(DiscoveryV1Api).listNamespacedEndpointSlice({
    namespace: "default",
    labelSelector: "kubernetes.io/service-name=api",
  });
  const all = items.flatMap((slice) => slice.endpoints);
  return all.filter(({ conditions }) => conditions?.ready).flatMap(({ addresses }) => addresses);
}

/** The service's pods, also those that are being deleted. */
export async function everyPod(): Promise<V1Pod[]> {
  const { items } = await core().listNamespacedPod({ namespace: "default", labelSelector: OURS });
  return items;
}

/** Everything that stacks of this project may have left behind, as `Kind namespace/name`. */
export async function leftBehind(): Promise<string[]> {
  const [deployments, services, secrets, found, namespaces] = await Promise.all([
    apps().listDeploymentForAllNamespaces(),
    core().listServiceForAllNamespaces(),
    core().listSecretForAllNamespaces({ labelSelector: OURS }),
    core().listPodForAllNamespaces({ labelSelector: OURS }),
    core().listNamespace(),
  ]);
  const named = (kind: string, { items }: { items: { metadata?: V1Pod["metadata"] }[] }) =>
    items.map(({ metadata }) => `${kind} ${metadata?.namespace ?? ""}/${metadata?.name}`);
  const own = [
    ...named("Deployment", deployments),
    ...named("Service", services),
    ...named("Secret", secrets),
    ...named("Pod", found),
    ...named("Namespace", namespaces),
  ];
  return own.filter((name) => !KUBERNETES_OWN.test(name));
}

/** Whether nothing is left behind. */
export async function nothingLeft(): Promise<boolean> {
  return (await leftBehind()).length === 0;
}

/** Namespaces and Services of every cluster. */
const KUBERNETES_OWN = / kube-system\/| default\/kubernetes$|^Namespace \/(default|kube-.*)$/;

/** Watches the Deployment during some work. @returns the smallest number of its ready pods */
export async function fewestReady(during: () => Promise<unknown>, namespace = "default"): Promise<number> {
  const counts: number[] = [];
  const note = (_phase: string, { status }: V1Deployment) => counts.push(status?.readyReplicas ?? 0);
  let broken: unknown;
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  const query = { fieldSelector: "metadata.name=api" };
  const watch = await new Watch(kubeConfig()).watch(
    path,
    query,
    note,
    (error: unknown) => void (broken = error),
  );
  try {
    await during();
    assert.equal(broken, undefined, `the watch ended early: ${String(broken)}`);
  } finally {
    watch.abort();
  }
  return Math.min(...counts);
}
