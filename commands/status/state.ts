import type { V1Deployment, V2HorizontalPodAutoscaler } from "@kubernetes/client-node";
import type { Problem } from "../../common/problem";
import { forStack } from "../../common/stack-hints";
import type { Deployed } from "../deployed";
import { lastEvents, type EventState } from "../../cluster/diagnosis/events";
import type { Objects } from "../../cluster/objects";
import { podState, releaseOf, type PodState } from "../../cluster/objects/pods";
import {
  autoscalerState,
  autoscalerTroubles,
  type AutoscalerState,
} from "../../cluster/diagnosis/autoscaling";
import { workloadOf } from "../../cluster/objects/workload";
import { troublesIn } from "../../cluster/diagnosis/troubles";

/** All that is shown. Times are ISO 8601 in UTC. */
export interface State {
  readonly stack: string;
  readonly context: string;
  readonly namespace: string;
  readonly url: string;
  /** The replicas that the stack's config asks for: another number than `wanted` after `kubectl scale`. Null if an
   * autoscaler chooses. */
  readonly configured: number | null;
  /** Pods, of all Deployments together. */
  readonly wanted: number;
  readonly ready: number;
  readonly deployments: readonly DeploymentState[];
  readonly autoscalers: readonly AutoscalerState[];
  readonly pods: readonly PodState[];
  /** The last ones, oldest first. */
  readonly events: readonly EventState[];
  /** What is wrong, and what to do about it. */
  readonly troubles: readonly Problem[];
}

/** One Deployment. `updated` pods are of the release that it wants. */
export interface DeploymentState {
  readonly name: string;
  readonly track: string;
  readonly release: string;
  readonly wanted: number;
  readonly ready: number;
  readonly updated: number;
}

/** Turns the cluster's objects into what is shown. */
export function stateOf(
  { stack, config, url }: Deployed,
  objects: Objects,
  autoscalers: readonly V2HorizontalPodAutoscaler[],
  now = new Date(),
): State {
  const troubles = [
    ...troublesIn(objects, workloadOf(config), now),
    ...autoscalers.flatMap((each) => autoscalerTroubles(each, now)),
  ];
  const deployments = objects.deployments.map(deploymentState);
  const sum = (key: "wanted" | "ready") => deployments.reduce((total, each) => total + each[key], 0);
  return {
    stack,
    context: config.context,
    namespace: config.namespace,
    url,
    configured: config.autoscale === undefined ? config.replicas : null,
    wanted: sum("wanted"),
    ready: sum("ready"),
    deployments,
    autoscalers: autoscalers.map(autoscalerState),
    pods: objects.pods.map(podState),
    events: lastEvents(objects.events),
    troubles: troubles.map((trouble) => ({ ...trouble, todo: forStack(trouble.todo, stack) })),
  };
}

function deploymentState({ metadata, spec, status }: V1Deployment): DeploymentState {
  return {
    name: metadata?.name ?? "",
    track: metadata?.labels?.release ?? "",
    release: releaseOf(spec?.template.spec),
    wanted: spec?.replicas ?? 1,
    ready: status?.readyReplicas ?? 0,
    updated: status?.updatedReplicas ?? 0,
  };
}
