import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { ReservedVariable } from "../config/reserved";
import type { PodSettings, TrackSettings } from "./args";
import { timing } from "./timing";

type EnvVar = types.input.core.v1.EnvVar;

/** What a pod is told about itself (https://kubernetes.io/docs/concepts/workloads/pods/downward-api/). */
const downward = {
  MY_POD_NAME: "metadata.name",
  MY_POD_IP: "status.podIP",
  MY_POD_NAMESPACE: "metadata.namespace",
  MY_NODE_NAME: "spec.nodeName",
} as const satisfies Partial<Record<ReservedVariable, string>>;

const fixed = {
  GET_HOSTS_FROM: "dns",
  DRAIN_MS: String(timing.drain * 1000),
  SHUTDOWN_MS: String(timing.shutdown * 1000),
} as const satisfies Partial<Record<ReservedVariable, string>>;

type Reserved = Partial<Record<ReservedVariable, string>>;

/** The environment of the container: about its pod, about its release, then what config adds. */
export function podEnv({ port, metricsPort, env }: PodSettings, { name, release }: TrackSettings): EnvVar[] {
  const metrics: Reserved = metricsPort === 0 ? {} : { METRICS_PORT: String(metricsPort) };
  const set: Reserved = { PORT: String(port), ...metrics, RELEASE_TRACK: name, RELEASE_VERSION: release };
  const given: Readonly<Record<string, pulumi.Input<string>>> = { ...fixed, ...set, ...env };
  return [
    ...Object.entries(downward).map(([name, fieldPath]) => ({
      name,
      valueFrom: { fieldRef: { fieldPath } },
    })),
    ...Object.entries(given).map(([name, value]) => ({ name, value })),
  ];
}
