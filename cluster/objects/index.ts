import type { CoreV1Event, V1Deployment, V1Pod } from "@kubernetes/client-node";
import type { Apis } from "../connection/kubernetes-client";
import { labelSelector, type Workload } from "./workload";

/** The objects of a workload, and their events. */
export interface Objects {
  /** One for each track that is deployed. */
  readonly deployments: readonly V1Deployment[];
  readonly pods: readonly V1Pod[];
  readonly events: readonly CoreV1Event[];
}

/** Reads the objects of a workload and their events. */
export async function readObjects(
  { core, apps }: Pick<Apis, "core" | "apps">,
  workload: Workload,
): Promise<Objects> {
  const { namespace } = workload;
  const selected = { namespace, labelSelector: labelSelector(workload) };
  const [deployments, pods, events] = await Promise.all([
    apps.listNamespacedDeployment(selected),
    core.listNamespacedPod(selected),
    core.listNamespacedEvent({ namespace }),
  ]);
  const about = events.items.filter((event) => isAbout(event, workload));
  return { deployments: deployments.items, pods: pods.items, events: about };
}

/** Whether an event is about an object of the workload. Events have no labels, so the object's name decides. */
function isAbout({ involvedObject: { kind = "", name = "" } }: CoreV1Event, workload: Workload): boolean {
  if (kind === "Service") return name === workload.name;
  return workload.tracks.some(({ deployment }) => namesOf(deployment)[kind]?.test(name) ?? false);
}

/** The names of a Deployment and of what it creates, by kind: a ReplicaSet's name ends with a hash, a pod's with two. */
function namesOf(deployment: string): Readonly<Record<string, RegExp>> {
  return {
    Deployment: new RegExp(`^${deployment}$`),
    ReplicaSet: new RegExp(`^${deployment}-[^-]+$`),
    Pod: new RegExp(`^${deployment}-[^-]+-[^-]+$`),
  };
}
