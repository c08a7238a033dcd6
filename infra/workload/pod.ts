import type { types } from "@pulumi/kubernetes";
import type { PodSettings, SecretEnv, TrackSettings } from "./args";
import { literally, podEnv } from "./pod-env";
import { probes } from "./probes";
import { timing } from "./timing";

type PodSpec = types.input.core.v1.PodSpec;
type Container = types.input.core.v1.Container;

/**
 * One pod, as strict as the `restricted` Pod Security Standard wants it
 * (https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted), and stricter where that costs
 * nothing.
 */
export function podSpec(
  containerName: string,
  settings: PodSettings & SecretEnv,
  track: TrackSettings,
): PodSpec {
  const { user, writable } = settings;
  return {
    securityContext: {
      runAsNonRoot: user !== 0,
      // A Dockerfile may name a user by a word, which the kubelet can't tell from root: then only a number helps.
      runAsUser: user,
      runAsGroup: user,
      seccompProfile: { type: "RuntimeDefault" },
    },
    automountServiceAccountToken: false, // the service asks nothing of the API server
    enableServiceLinks: false, // otherwise every Service of the namespace becomes seven variables
    terminationGracePeriodSeconds: timing.grace,
    containers: [container(containerName, settings, track)],
    volumes: Object.values(writable).map((sizeLimit, index) => ({
      name: volumeName(index),
      emptyDir: { sizeLimit },
    })),
  };
}

/** The first one is for /tmp. */
function volumeName(index: number): string {
  return index === 0 ? "tmp" : `writable-${index}`;
}

function container(name: string, settings: PodSettings & SecretEnv, track: TrackSettings): Container {
  const { imagePullPolicy, port, metricsPort, resources, command, args, user, writable } = settings;
  return {
    name,
    image: track.image,
    imagePullPolicy,
    ports: [
      { name: "http", containerPort: port },
      ...(metricsPort === 0 ? [] : [{ name: "metrics", containerPort: metricsPort }]),
    ],
    ...(command && { command: command.map(literally) }),
    ...(args && { args: args.map(literally) }),
    env: podEnv(settings, track),
    resources,
    ...probes(settings),
    // Kubernetes' own: an image needs no shell for it.
    lifecycle: { preStop: { sleep: { seconds: timing.preStop } } },
    terminationMessagePolicy: "FallbackToLogsOnError", // a crash is reported with the last words of its log
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      // What wants to be root mostly wants to change owners and users, which takes what Docker gives it by default.
      ...(user !== 0 && { capabilities: { drop: ["ALL"] } }),
    },
    volumeMounts: Object.keys(writable).map((mountPath, index) => ({ name: volumeName(index), mountPath })),
  };
}
