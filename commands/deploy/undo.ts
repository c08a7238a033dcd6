import type { V1Deployment, V1ReplicaSet } from "@kubernetes/client-node";
import { kubernetesClient, type Apis } from "../../cluster/connection/kubernetes-client";
import type { Revision, Rollout } from "../../cluster/releases/rollout";

/** Labels and annotations that the Deployment's controller adds to a ReplicaSet's pods, and to the Deployment. */
const HASH = "pod-template-hash";
const CONTROLLERS = /^(deployment\.kubernetes\.io|kubectl\.kubernetes\.io)\//;

/**
 * Makes a Deployment want an earlier revision again, as `kubectl rollout undo` does, but in the name of its last writer.
 * Kubernetes remembers who set which field: with another name, the next update could not remove the fields that are set
 * here (https://kubernetes.io/docs/reference/using-api/server-side-apply/).
 */
export async function undoRollout(
  { apps }: Pick<Apis, "apps">,
  rollout: Rollout,
  to: Revision,
): Promise<void> {
  const { PatchStrategy, setHeaderOptions } = await kubernetesClient();
  const { metadata, spec } = rollout.deployment;
  const { name = "", namespace = "", labels = {}, annotations = {} } = metadata ?? {};
  const kept = Object.entries(annotations).filter(([key]) => !CONTROLLERS.test(key));
  const body = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace, labels, annotations: Object.fromEntries(kept) },
    spec: { ...spec, template: templateOf(to.set) },
  };
  await apps.patchNamespacedDeployment(
    { name, namespace, body, fieldManager: writerOf(rollout.deployment), force: true },
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

function writerOf({ metadata }: V1Deployment): string {
  const applied = metadata?.managedFields?.filter(({ operation }) => operation === "Apply") ?? [];
  return applied.find(({ manager }) => manager?.startsWith("pulumi"))?.manager ?? "koa-on-minikube";
}
