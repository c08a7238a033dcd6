import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { timing } from "./timing";

type EnvVar = types.input.core.v1.EnvVar;

/** What a pod is told about itself (https://kubernetes.io/docs/concepts/workloads/pods/downward-api/). */
const downward = {
  MY_POD_NAME: "metadata.name",
  MY_POD_IP: "status.podIP",
  MY_POD_NAMESPACE: "metadata.namespace",
  MY_NODE_NAME: "spec.nodeName",
} as const;

const fixed = {
  GET_HOSTS_FROM: "dns",
  DRAIN_MS: String(timing.drain * 1000),
  SHUTDOWN_MS: String(timing.shutdown * 1000),
} as const;

/** The variables that no config can set: they say what is true, or belong to other numbers of the pod. */
export const reservedNames: ReadonlySet<string> = new Set([
  ...Object.keys(downward),
  ...Object.keys(fixed),
  ...["PORT", "METRICS_PORT", "RELEASE_TRACK", "RELEASE_VERSION"],
]);

/** Which release a pod is of, and where it listens. */
export interface Release {
  readonly port: number;
  /** 0 where there are no metrics. */
  readonly metricsPort: number;
  readonly track: string;
  readonly version: pulumi.Input<string>;
}

/** The environment of the container: about its pod, about its release, then what config adds. */
export function podEnv(
  { port, metricsPort, track, version }: Release,
  added: Readonly<Record<string, pulumi.Input<string>>>,
): EnvVar[] {
  const ports = { PORT: String(port), ...(metricsPort !== 0 && { METRICS_PORT: String(metricsPort) }) };
  const given = { ...fixed, ...ports, RELEASE_TRACK: track, RELEASE_VERSION: version, ...added };
  return [
    ...Object.entries(downward).map(([name, fieldPath]) => ({
      name,
      valueFrom: { fieldRef: { fieldPath } },
    })),
    ...Object.entries(given).map(([name, value]) => ({ name, value })),
  ];
}
