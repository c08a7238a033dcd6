import type { types } from "@pulumi/kubernetes";
import type { ReservedVariable } from "../config/reserved";
import type { PodSettings, PodSecrets, TrackSettings } from "./args";
import { timing } from "./timing";

type EnvVar = types.input.core.v1.EnvVar;

/** The variables that describe the pod (https://kubernetes.io/docs/concepts/workloads/pods/downward-api/). */
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

/** The CPU request, with which an autoscaler compares the CPU use. */
const cpuRequest = {
  name: "CPU_REQUEST_MILLICORES" satisfies ReservedVariable,
  valueFrom: { resourceFieldRef: { resource: "requests.cpu", divisor: "1m" } },
};

/** The container's environment variables: those that describe the pod and its release, then those of config. */
export function podEnv(
  { port, metricsPort, env, secretEnv }: PodSettings & PodSecrets,
  { name, release, autoscale, env: own = {} }: TrackSettings,
): EnvVar[] {
  const secrets = (secretEnv?.names ?? []).filter((name) => !Object.hasOwn(own, name));
  const set: Partial<Record<ReservedVariable, string>> = {
    PORT: String(port),
    ...(metricsPort !== 0 && { METRICS_PORT: String(metricsPort) }),
    ...(autoscale && { CPU_TARGET_PERCENT: String(autoscale.cpuPercent) }),
    RELEASE_TRACK: name,
    RELEASE_VERSION: release,
  };
  return [
    ...(autoscale === undefined ? [] : [cpuRequest]),
    ...Object.entries(downward).map(([name, fieldPath]) => ({
      name,
      valueFrom: { fieldRef: { fieldPath } },
    })),
    ...Object.entries({ ...fixed, ...set, ...env, ...own }).map(([name, value]) => ({
      name,
      value: literally(value),
    })),
    ...secrets.map((key) => ({
      name: key,
      valueFrom: { secretKeyRef: { name: secretEnv!.secret, key } },
    })),
  ];
}

/**
 * Escapes a text so that Kubernetes passes it to the container unchanged. In variables and commands, Kubernetes replaces
 * `$$` by a dollar and `$(NAME)` by a variable's value
 * (https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#environment-variables).
 */
export function literally(text: string): string {
  return text.replaceAll("$", "$$$$"); // doubles each dollar: in a replacement, `$$` is one dollar
}
