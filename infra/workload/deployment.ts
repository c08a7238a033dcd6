import type * as k8s from "@pulumi/kubernetes";
import { trackLabels } from "../../cluster/objects/workload";
import { RELEASES_KEPT } from "../../cluster/releases/kept";
import { metadata, type TrackArgs } from "./args";
import { labelsOfTrack } from "./labels";
import { scrapeAnnotations } from "./metrics";
import { podSpec } from "./pod";
import { MAX_SURGE } from "./timing";
import { rootAnnotation } from "../policy/declared-root";

/** The Deployment of a track. A rollout never has fewer ready pods than wanted. */
export function deployment(name: string, args: TrackArgs): k8s.apps.v1.DeploymentArgs {
  const { service, track, pod } = args;
  const labels = labelsOfTrack(args);
  return {
    metadata: metadata(name, labels, args),
    spec: {
      ...(track.autoscale === undefined && { replicas: track.replicas }),
      selector: { matchLabels: trackLabels({ name: service }, track) },
      strategy: {
        type: "RollingUpdate",
        rollingUpdate: { maxUnavailable: 0, maxSurge: `${MAX_SURGE * 100}%` },
      },
      progressDeadlineSeconds: args.progressDeadlineSeconds,
      revisionHistoryLimit: RELEASES_KEPT - 1, // beside the one that serves
      template: {
        metadata: {
          labels,
          annotations: { ...scrapeAnnotations(pod.metricsPort), ...rootAnnotation(pod.user) },
        },
        spec: podSpec(`${service}-container`, pod, track),
      },
    },
  };
}
