import type { CoreV1Event, V1Deployment, V1Pod } from "@kubernetes/client-node";
import { selectorLabels } from "../../infra/workload/labels";
import type { Apis } from "../connection/kubernetes-client";

/** What is read of the cluster. */
export interface Objects {
  /** Several where releases run side by side. */
  readonly deployments: readonly V1Deployment[];
  readonly pods: readonly V1Pod[];
  readonly events: readonly CoreV1Event[];
}

/** Which objects of the namespace are the service's. */
export const labelSelector = `name=${selectorLabels.name}`;

/** Reads the service's objects and the events about them. */
export async function readObjects(
  { core, apps }: Pick<Apis, "core" | "apps">,
  namespace: string,
): Promise<Objects> {
  const [deployments, pods, events] = await Promise.all([
    apps.listNamespacedDeployment({ namespace, labelSelector }),
    core.listNamespacedPod({ namespace, labelSelector }),
    core.listNamespacedEvent({ namespace }),
  ]);
  return { deployments: deployments.items, pods: pods.items, events: events.items.filter(isOurs) };
}

/** Events carry no labels. The names of a Deployment's ReplicaSets and pods begin with its own. */
function isOurs({ involvedObject: { kind = "", name = "" } }: CoreV1Event): boolean {
  const known = ["Deployment", "ReplicaSet", "Pod", "Service"].includes(kind);
  return known && (name === selectorLabels.name || name.startsWith(`${selectorLabels.name}-`));
}
