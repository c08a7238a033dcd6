import type { types } from "@pulumi/kubernetes";
import type { PodSettings, PodSecrets, TrackSettings } from "./args";
import { literally, podEnv } from "./pod-env";
import { probes } from "./probes";
import { timing } from "./timing";

type PodSpec = types.input.core.v1.PodSpec;
type Container = types.input.core.v1.Container;

/**
 * The pod. It complies with the `restricted` Pod Security Standard
 * (https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted), and is stricter if that costs
 * nothing.
 */
export function podSpec(
  containerName: string,
  settings: PodSettings & PodSecrets,
  track: TrackSettings,
): PodSpec {
  const { user, pullSecret, nodeSelector, tolerations = [], priorityClassName, storageClass } = settings;
  return {
    ...(nodeSelector && { nodeSelector }),
    tolerations: [...tolerations, ...lostNode(tolerations)],
    ...(priorityClassName && { priorityClassName }),
    ...(pullSecret !== undefined && { imagePullSecrets: [{ name: pullSecret }] }),
    securityContext: {
      runAsNonRoot: user !== 0,
      // A number: the kubelet can't check whether a user's name means root.
      runAsUser: user,
      runAsGroup: user,
      ...(storageClass && { fsGroup: user }), // a new volume of a class belongs to root
      seccompProfile: { type: "RuntimeDefault" },
    },
    automountServiceAccountToken: false, // the service doesn't use the API server
    enableServiceLinks: false, // otherwise the pod gets seven variables for every Service of the namespace
    terminationGracePeriodSeconds: timing.grace,
    containers: [container(containerName, settings, track)],
    volumes: volumes(settings),
  };
}

/** The volumes of the writable folders. The first one, /tmp, is always on the node's disk. */
function volumes({ writable, storageClass }: PodSettings) {
  return Object.values(writable).map((size, index) => ({
    name: volumeName(index),
    ...(storageClass === undefined || index === 0
      ? { emptyDir: { sizeLimit: size } }
      : { ephemeral: { volumeClaimTemplate: { spec: claim(storageClass, size) } } }),
  }));
}

/** A volume that lives as long as its pod (https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/#generic-ephemeral-volumes). */
function claim(storageClassName: string, storage: string) {
  return { storageClassName, accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } };
}

/** How long pods wait for a node that doesn't answer, unless config says it. */
function lostNode(given: NonNullable<PodSettings["tolerations"]>) {
  const keys = ["not-ready", "unreachable"].map((state) => `node.kubernetes.io/${state}`);
  const missing = keys.filter((key) => !given.some((each) => each.key === key || each.key === undefined));
  const common = { operator: "Exists", effect: "NoExecute", tolerationSeconds: timing.lostNode };
  return missing.map((key) => ({ key, ...common }));
}

/** The name of a writable folder's volume. The first folder is /tmp. */
function volumeName(index: number): string {
  return index === 0 ? "tmp" : `writable-${index}`;
}

function container(name: string, settings: PodSettings & PodSecrets, track: TrackSettings): Container {
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
    resources: track.resources ?? resources,
    ...probes(settings),
    // The kubelet sleeps: the image needs no shell.
    lifecycle: { preStop: { sleep: { seconds: timing.preStop } } },
    terminationMessagePolicy: "FallbackToLogsOnError", // a crash is reported with its last log lines
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      // A program that runs as root mostly changes owners and users, which needs Docker's default capabilities.
      ...(user !== 0 && { capabilities: { drop: ["ALL"] } }),
    },
    volumeMounts: Object.keys(writable).map((mountPath, index) => ({ name: volumeName(index), mountPath })),
  };
}
