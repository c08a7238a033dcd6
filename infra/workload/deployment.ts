import { createHash } from "node:crypto";
import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { trackLabels } from "../../cluster/objects/workload";
import { RELEASES_KEPT } from "../../cluster/releases/rollout";
import type { TrackArgs } from "./args";
import { labelsOfTrack, trackMetadata } from "./metadata";
import { scrapeAnnotations } from "./metrics";
import { podSpec } from "./pod";
import { spread } from "./spread";
import { MAX_SURGE } from "./timing";
import { rootAnnotation } from "../policy/declared-root";

/**
 * The annotation with a hash of a Deployment's spec. After a failed rollout, Pulumi's state has the lists of the earlier
 * release, and a refresh ignores what the cluster's lists have beyond them. Without this annotation, the next update
 * would not notice, for instance, a variable too many in the cluster.
 */
const DECLARED = "koa-on-minikube/declared";

/** The Deployment of a track. A rollout never has fewer ready pods than wanted. */
export function deployment(name: string, args: TrackArgs): k8s.apps.v1.DeploymentArgs {
  const { service, track, pod } = args;
  const spec: k8s.apps.v1.DeploymentArgs["spec"] = {
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
        labels: labelsOfTrack(args),
        annotations: { ...scrapeAnnotations(pod.metricsPort), ...rootAnnotation(pod.user) },
      },
      spec: { ...podSpec(`${service}-container`, pod, track), ...spread(args) },
    },
  };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: trackMetadata(name, args, { [DECLARED]: hashOf(spec) }),
    spec,
  };
}

function hashOf(spec: k8s.apps.v1.DeploymentArgs["spec"]): pulumi.Output<string> {
  return pulumi
    .output(spec)
    .apply((value) => createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16));
}
