import type { CustomResourceArgs } from "@pulumi/kubernetes/apiextensions";
import { workloadLabels } from "../../cluster/objects/workload";
import type { ResilientServiceArgs } from "./args";
import { serviceMetadata } from "./metadata";

const PATH = "/metrics";

/** The annotations by which Prometheus finds a pod: a convention of its examples and charts. */
export function scrapeAnnotations(metricsPort: number): Record<string, string> {
  if (metricsPort === 0) return {};
  return {
    "prometheus.io/scrape": "true",
    "prometheus.io/port": String(metricsPort),
    "prometheus.io/path": PATH,
  };
}

/** The PodMonitor, by which the Prometheus operator finds the pods (https://prometheus-operator.dev/docs/api-reference/api/#podmonitor). */
export function podMonitor(name: string, args: ResilientServiceArgs): CustomResourceArgs {
  return {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PodMonitor",
    metadata: serviceMetadata(name, args),
    spec: {
      selector: { matchLabels: workloadLabels({ name }) },
      podMetricsEndpoints: [{ port: "metrics", path: PATH }],
    },
  };
}
