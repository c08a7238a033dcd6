import type { V2HorizontalPodAutoscaler } from "@kubernetes/client-node";
import { UserError } from "../../common/problem";
import type { ApiServer } from "../connection/api-server";
import { reasonOf, statusOf, type Apis } from "../connection/kubernetes-client";
import { makerOf, type StackIdentity } from "./ownership";
import { isAutoscaled, labelSelector, type Workload } from "./workload";

/** What metrics-server answers for: how much CPU and memory each pod uses. */
const podMetrics = { group: "metrics.k8s.io", version: "v1beta1", plural: "pods" } as const;

/**
 * Sees to it that an autoscaler can know the CPU use of its pods. It only reads.
 *
 * @param getMetricsServer what to type to have metrics-server in the cluster
 * @returns a warning if metrics-server is there and doesn't answer: it may start just now
 * @throws {UserError} if it isn't there: the autoscaler would never scale
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
    return `metrics-server doesn't answer (${why}): until it does, the autoscaler leaves the number of pods as it is.`;
  }
  throw new UserError({
    what: "The cluster doesn't know how much CPU its pods use: metrics-server is not in it.",
    where: "stack config, key autoscale",
    todo: `npm run up, which gets it; or: ${getMetricsServer}`,
  });
}

/** Why metrics-server has no answer: it is `missing`, or the API server's own words. Undefined if it answers. */
export async function whyNoMetrics(
  { custom }: Pick<Apis, "custom">,
  namespace: string,
): Promise<string | undefined> {
  try {
    await custom.listNamespacedCustomObject({ ...podMetrics, namespace, limit: 1 });
    return undefined;
  } catch (error) {
    if (statusOf(error) === 403) return undefined; // it answers others
    return statusOf(error) === 404 ? "missing" : reasonOf(error).trim();
  }
}

/** Reads the autoscalers of a workload. It asks nothing if there is to be none. */
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
 * Deletes the stack's autoscalers of tracks whose number of pods is now in config. The engine deletes objects at the end
 * of an update: until then, the autoscaler would take back the number that the update has set.
 */
export async function deleteFormerAutoscalers(
  { apis }: Pick<ApiServer, "apis">,
  workload: Workload,
  stack: StackIdentity,
): Promise<void> {
  const { namespace, tracks } = workload;
  const found = await listAutoscalers(apis, workload).catch((error: unknown) => {
    if (statusOf(error) === 403) return []; // this user has never made one
    throw error;
  });
  for (const object of found) {
    const name = object.metadata?.name ?? "";
    const isFormer = tracks.some(({ deployment, autoscale }) => deployment === name && !autoscale);
    if (!isFormer || (await makerOf(object, stack)) !== stack.name) continue;
    await apis.autoscaling.deleteNamespacedHorizontalPodAutoscaler({ namespace, name });
  }
}
