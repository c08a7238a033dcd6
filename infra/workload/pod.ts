import type { types } from "@pulumi/kubernetes";
import type { PodSettings, TrackSettings } from "./args";
import { podEnv } from "./pod-env";
import { timing } from "./timing";

type PodSpec = types.input.core.v1.PodSpec;
type Container = types.input.core.v1.Container;

/** Nobody: belongs to no account, in the image or on the node. */
const USER = 65532;

/**
 * One pod, as strict as the `restricted` Pod Security Standard wants it
 * (https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted), and stricter where that costs
 * nothing.
 */
export function podSpec(containerName: string, settings: PodSettings, track: TrackSettings): PodSpec {
  return {
    securityContext: {
      runAsNonRoot: true,
      // A Dockerfile may name a user by a word, which the kubelet can't tell from root: then only a number helps.
      runAsUser: USER,
      runAsGroup: USER,
      seccompProfile: { type: "RuntimeDefault" },
    },
    automountServiceAccountToken: false, // the service asks nothing of the API server
    enableServiceLinks: false, // otherwise every Service of the namespace becomes seven variables
    terminationGracePeriodSeconds: timing.grace,
    containers: [container(containerName, settings, track)],
    volumes: [{ name: "tmp", emptyDir: { sizeLimit: "64Mi" } }],
  };
}

function container(name: string, settings: PodSettings, track: TrackSettings): Container {
  const { port, metricsPort, healthPath, readyPath, resources } = settings;
  return {
    name,
    image: track.image,
    // It was built in the node's daemon and is nowhere else: asking a registry for it could only mislead.
    imagePullPolicy: "Never",
    ports: [
      { name: "http", containerPort: port },
      ...(metricsPort === 0 ? [] : [{ name: "metrics", containerPort: metricsPort }]),
    ],
    env: podEnv(settings, track),
    resources,
    startupProbe: { httpGet: { path: healthPath, port: "http" }, ...timing.startup },
    readinessProbe: { httpGet: { path: readyPath, port: "http" }, ...timing.readiness },
    livenessProbe: { httpGet: { path: healthPath, port: "http" }, ...timing.liveness },
    // Kubernetes' own: an image needs no shell for it.
    lifecycle: { preStop: { sleep: { seconds: timing.preStop } } },
    terminationMessagePolicy: "FallbackToLogsOnError", // a crash is reported with the last words of its log
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    // The one place that can be written to: many programs can't do without.
    volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
  };
}
