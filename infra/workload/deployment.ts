import type * as k8s from "@pulumi/kubernetes";
import { RELEASES_KEPT } from "../../cluster/releases/kept";
import { metadata, type ResilientServiceArgs } from "./args";
import { ofRelease } from "./labels";
import { scrapeAnnotations } from "./metrics";
import { podSpec } from "./pod";
import { podEnv } from "./pod-env";

/** The Deployment: so many pods of one release, replaced without ever being fewer. */
export function deployment(name: string, args: ResilientServiceArgs): k8s.apps.v1.DeploymentArgs {
  const { labels, port, metricsPort } = args;
  const release = { port, metricsPort, track: labels.release, version: args.version };
  const env = podEnv(release, args.env ?? {});
  return {
    metadata: metadata(name, args),
    spec: {
      replicas: args.replicas,
      selector: { matchLabels: ofRelease(labels) },
      // Never below the wanted number of ready pods, whichever way a rollout goes.
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: "25%" } },
      progressDeadlineSeconds: args.progressDeadlineSeconds,
      revisionHistoryLimit: RELEASES_KEPT - 1, // beside the one that serves
      template: {
        metadata: { labels, annotations: scrapeAnnotations(metricsPort) },
        spec: podSpec({ ...args, env, containerName: `${name}-container` }),
      },
    },
  };
}
