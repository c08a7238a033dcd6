import type { V1ContainerStatus, V1Deployment, V1Pod, V1ReplicaSet } from "@kubernetes/client-node";
import { workloadOf, type Workload } from "../../cluster/objects/workload";
import { configOf } from "./config";

/** The workload of a stack with these keys in its config. */
export function workloadWith(keys: Readonly<Record<string, string>> = {}): Workload {
  return workloadOf(configOf(keys));
}

/** The current time in tests. */
export const NOW = new Date("2025-01-01T12:00:00Z");
/** So many seconds before now. */
export const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);

/** What differs between ReplicaSets. */
export interface SetOf {
  readonly release: string;
  readonly revision: number;
  readonly former?: string;
  readonly ready?: number;
  readonly madeAt?: Date;
}

/** A Deployment of two pods that wants a revision. Its rollout is complete unless the status says otherwise. */
export function deploymentAt(
  revision: number,
  status: V1Deployment["status"] = complete,
  release = "bad",
): V1Deployment {
  return {
    metadata: {
      name: "api",
      namespace: "default",
      uid: "the-deployment",
      generation: 3,
      annotations: { "deployment.kubernetes.io/revision": String(revision) },
    },
    spec: { replicas: 2, selector: {}, template: { spec: running(release) } },
    status,
  };
}

const complete = { observedGeneration: 3, replicas: 2, updatedReplicas: 2, availableReplicas: 2 };
/** The status if one pod of the new release exists beside two old ones, and isn't ready. */
export const stuck = { observedGeneration: 3, replicas: 3, updatedReplicas: 1, availableReplicas: 2 };

export function replicaSet({ release, revision, former, ready = 0, madeAt = ago(60) }: SetOf): V1ReplicaSet {
  return {
    metadata: {
      name: `api-${revision}`,
      uid: `set-${revision}`,
      creationTimestamp: madeAt,
      ownerReferences: [{ apiVersion: "apps/v1", kind: "Deployment", name: "api", uid: "the-deployment" }],
      annotations: {
        "deployment.kubernetes.io/revision": String(revision),
        ...(former !== undefined && { "deployment.kubernetes.io/revision-history": former }),
      },
    },
    spec: {
      selector: {},
      template: { spec: running(release) },
    },
    status: { replicas: ready, readyReplicas: ready },
  };
}

function running(release: string) {
  const env = [{ name: "RELEASE_VERSION", value: release }];
  return { containers: [{ name: "api-container", image: `api:${release}`, env }] };
}

/** The status of a container that isn't ready, unless `more` says otherwise. */
export function container(more: object): V1ContainerStatus {
  const status = { name: "api-container", image: "", imageID: "", containerID: "docker://1" };
  return { ...status, ready: false, restartCount: 0, ...more };
}

/** A pod of a revision, a minute old. */
export function podOf(revision: number, name: string, status: V1Pod["status"]): V1Pod {
  return {
    metadata: {
      name,
      namespace: "default",
      creationTimestamp: ago(60),
      ownerReferences: [
        { apiVersion: "apps/v1", kind: "ReplicaSet", name: `api-${revision}`, uid: `set-${revision}` },
      ],
    },
    status: status ?? {},
  };
}

/** The answers of an API server whose Deployment wants its second release, `bad`, while `good` serves. */
export function answersWith(deployment: V1Deployment, pods: readonly V1Pod[]): Record<string, object> {
  const sets = [
    replicaSet({ release: "good", revision: 1, ready: 2 }),
    replicaSet({ release: "bad", revision: 2 }),
  ];
  return {
    "/apis/apps/v1/namespaces/default/deployments": { items: [deployment] },
    "/apis/apps/v1/namespaces/default/deployments/api": deployment,
    "/apis/apps/v1/namespaces/default/replicasets": { items: sets },
    "/api/v1/namespaces/default/pods": { items: pods },
    "/api/v1/namespaces/default/events": { items: [] },
  };
}
