import type { V1Deployment, V1ReplicaSet } from "@kubernetes/client-node";
import { kubernetesClient, type Apis } from "../../cluster/connection/kubernetes-client";
import type { Revision, Rollout } from "../../cluster/releases/rollout";

/** The label that the Deployment's controller adds to the pods of a ReplicaSet. */
const HASH = "pod-template-hash";
/** Annotations that controllers and kubectl add to a Deployment. */
const ADDED = /^(deployment\.kubernetes\.io|kubectl\.kubernetes\.io)\//;

/**
 * Sets a Deployment back to an earlier revision, as `kubectl rollout undo` does, but as the field manager that wrote it
 * last. If another field manager owned the fields, the next update could not remove them
 * (https://kubernetes.io/docs/reference/using-api/server-side-apply/).
 */
export async function undoRollout(
  { apps }: Pick<Apis, "apps">,
  rollout: Rollout,
  to: Revision,
): Promise<void> {
  const { PatchStrategy, setHeaderOptions } = await kubernetesClient();
  const { metadata, spec } = rollout.deployment;
  const { name = "", namespace = "", labels = {}, annotations = {} } = metadata ?? {};
  const kept = Object.entries(annotations).filter(([key]) => !ADDED.test(key));
  const body = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace, labels, annotations: Object.fromEntries(kept) },
    spec: { ...spec, template: templateOf(to.set) },
  };
  await apps.patchNamespacedDeployment(
    { name, namespace, body, fieldManager: fieldManagerOf(rollout.deployment), force: true },
    setHeaderOptions("Content-Type", PatchStrategy.ServerSideApply),
  );
}

function templateOf({ spec }: V1ReplicaSet) {
  const { metadata, spec: podSpec } = spec?.template ?? {};
  const labels = Object.entries(metadata?.labels ?? {}).filter(([key]) => key !== HASH);
  const annotations = metadata?.annotations;
  return {
    metadata: { labels: Object.fromEntries(labels), ...(annotations && { annotations }) },
    spec: podSpec,
  };
}

function fieldManagerOf({ metadata }: V1Deployment): string {
  const applied = metadata?.managedFields?.filter(({ operation }) => operation === "Apply") ?? [];
  return applied.find(({ manager }) => manager?.startsWith("pulumi"))?.manager ?? "koa-on-minikube";
}
