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
import { isAutoscaled, workloadOf, type Workload } from "../../cluster/objects/workload";
import { troublesIn } from "../../cluster/diagnosis/troubles";

/** All that `npm run status` shows. Times are ISO 8601 in UTC. */
export interface State {
  readonly stack: string;
  readonly context: string;
  readonly namespace: string;
  readonly url: string;
  /** What to do if this machine can't reach the URL; null if it can. */
  readonly urlWarning: string | null;
  /** The replicas of all tracks in config; null if an autoscaler chooses. After `kubectl scale`, `wanted` differs. */
  readonly configured: number | null;
  /** The number of pods that all Deployments want. */
  readonly wanted: number;
  readonly ready: number;
  readonly deployments: readonly DeploymentState[];
  readonly autoscalers: readonly AutoscalerState[];
  readonly pods: readonly PodState[];
  /** The last events, oldest first. */
  readonly events: readonly EventState[];
  /** What is wrong, and what to do about it. */
  readonly troubles: readonly Problem[];
}

/** One Deployment. `updated` is the number of pods that run its newest release. */
export interface DeploymentState {
  readonly name: string;
  readonly track: string;
  readonly release: string;
  /** Whether config pins the track to a release. */
  readonly pinned: boolean;
  /** The replicas in config; null if an autoscaler chooses, or config no longer has the track. */
  readonly configured: number | null;
  readonly wanted: number;
  readonly ready: number;
  readonly updated: number;
}

/** Makes the state from the cluster's objects. */
export function stateOf(
  { stack, config, url, urlWarning }: Deployed,
  objects: Objects,
  autoscalers: readonly V2HorizontalPodAutoscaler[],
  now = new Date(),
): State {
  const workload = workloadOf(config);
  const troubles = [
    ...troublesIn(objects, workload, now),
    ...autoscalers.flatMap((each) => autoscalerTroubles(each, now)),
  ];
  const deployments = objects.deployments.map((deployment) => deploymentState(deployment, workload));
  const sum = (key: "wanted" | "ready") => deployments.reduce((total, each) => total + each[key], 0);
  return {
    stack,
    context: config.context,
    namespace: config.namespace,
    url,
    urlWarning: urlWarning === undefined ? null : forStack(urlWarning, stack),
    configured: isAutoscaled(workload)
      ? null
      : workload.tracks.reduce((total, { replicas }) => total + replicas, 0),
    wanted: sum("wanted"),
    ready: sum("ready"),
    deployments,
    autoscalers: autoscalers.map(autoscalerState),
    pods: objects.pods.map(podState),
    events: lastEvents(objects.events),
    troubles: troubles.map((trouble) => ({ ...trouble, todo: forStack(trouble.todo, stack) })),
  };
}

function deploymentState({ metadata, spec, status }: V1Deployment, { tracks }: Workload): DeploymentState {
  const track = tracks.find(({ deployment }) => deployment === metadata?.name);
  return {
    name: metadata?.name ?? "",
    track: metadata?.labels?.release ?? "",
    release: releaseOf(spec?.template.spec),
    pinned: track?.release !== undefined,
    configured: track?.autoscale ? null : (track?.replicas ?? null),
    wanted: spec?.replicas ?? 1,
    ready: status?.readyReplicas ?? 0,
    updated: status?.updatedReplicas ?? 0,
  };
}
