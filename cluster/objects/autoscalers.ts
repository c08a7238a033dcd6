import type { V2HorizontalPodAutoscaler } from "@kubernetes/client-node";
import { UserError } from "../../common/problem";
import type { ApiServer } from "../connection/api-server";
import { orUndefined, reasonOf, statusOf, type Apis } from "../connection/kubernetes-client";
import { makerOf, type StackIdentity } from "./ownership";
import { isAutoscaled, labelSelector, type Workload } from "./workload";

/** The API of metrics-server: the CPU and memory that each pod uses. */
const podMetrics = { group: "metrics.k8s.io", version: "v1beta1", plural: "pods" } as const;

/**
 * Checks that metrics-server can tell autoscalers the CPU use of their pods. It only reads.
 *
 * @param getMetricsServer what to type to get metrics-server into the cluster
 * @returns a warning if metrics-server doesn't answer, because it may be starting
 * @throws {UserError} if it is missing, because the autoscaler would never scale
 */
export async function refuseNoMetrics(
  { custom }: Pick<Apis, "custom">,
  workload: Workload,
  getMetricsServer: string,
): Promise<string | undefined> {
  if (!isAutoscaled(workload)) return undefined;
  const why = await whyNoMetrics({ custom }, workload.namespace);
  if (why === undefined) return undefined;
  if (why !== "missing") {
    return `metrics-server doesn't answer (${why}). Until it does, the autoscaler doesn't change the number of pods.`;
  }
  throw new UserError({
    what: "The autoscaler can't know the CPU use of its pods: metrics-server is not in the cluster.",
    where: "stack config, key autoscale",
    todo: getMetricsServer,
  });
}

/** Why metrics-server doesn't answer: `missing`, or the API server's message. Undefined if it answers. */
export async function whyNoMetrics(
  { custom }: Pick<Apis, "custom">,
  namespace: string,
): Promise<string | undefined> {
  try {
    await custom.listNamespacedCustomObject({ ...podMetrics, namespace, limit: 1 });
    return undefined;
  } catch (error) {
    if (statusOf(error) === 403) return undefined; // this user may not ask; the autoscaler may
    return statusOf(error) === 404 ? "missing" : reasonOf(error).trim();
  }
}

/** Reads the autoscalers of a workload. It sends no request if config has none. */
export async function readAutoscalers(
  apis: Pick<Apis, "autoscaling">,
  workload: Workload,
): Promise<V2HorizontalPodAutoscaler[]> {
  return isAutoscaled(workload) ? await listAutoscalers(apis, workload) : [];
}

async function listAutoscalers(
  { autoscaling }: Pick<Apis, "autoscaling">,
  workload: Workload,
): Promise<V2HorizontalPodAutoscaler[]> {
  const selected = { namespace: workload.namespace, labelSelector: labelSelector(workload) };
  return (await autoscaling.listNamespacedHorizontalPodAutoscaler(selected)).items;
}

/**
 * Deletes the stack's autoscalers of tracks that no longer have `autoscale` in config. The engine would delete them at the
 * end of the update, and until then they would overwrite the number of pods that the update sets.
 */
export async function deleteFormerAutoscalers(
  { apis }: Pick<ApiServer, "apis">,
  workload: Workload,
  stack: StackIdentity,
): Promise<void> {
  const { namespace, tracks } = workload;
  // A user who may not list autoscalers has created none.
  const found = (await orUndefined(listAutoscalers(apis, workload), [403])) ?? [];
  for (const object of found) {
    const name = object.metadata?.name ?? "";
    const isFormer = tracks.some(({ deployment, autoscale }) => deployment === name && !autoscale);
    if (!isFormer || (await makerOf(object, stack)) !== stack.name) continue;
    await apis.autoscaling.deleteNamespacedHorizontalPodAutoscaler({ namespace, name });
  }
}
