import type * as k8s from "@pulumi/kubernetes";
import { workloadLabels } from "../../cluster/objects/workload";
import type { Destination } from "../config/values";
import type { ResilientServiceArgs } from "./args";
import { serviceMetadata } from "./metadata";

/**
 * The NetworkPolicy. It admits requests to the service and, from inside the cluster, to its metrics. It lets the pods call
 * DNS and what config names, or everything if config names nothing
 * (https://kubernetes.io/docs/concepts/services-networking/network-policies/).
 */
export function networkPolicy(name: string, args: ResilientServiceArgs): k8s.networking.v1.NetworkPolicyArgs {
  const { egress, pod } = args;
  const metrics = { from: [{ namespaceSelector: {} }], ports: [{ port: "metrics", protocol: "TCP" }] };
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: serviceMetadata(name, args),
    spec: {
      podSelector: { matchLabels: workloadLabels({ name }) },
      policyTypes: ["Ingress", ...(egress ? ["Egress"] : [])],
      ingress: [{ ports: [{ port: "http", protocol: "TCP" }] }, ...(pod.metricsPort === 0 ? [] : [metrics])],
      ...(egress && { egress: [dns, ...egress.map(ruleFor)] }),
    },
  };
}

/** The cluster's DNS (https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/). */
const dns = {
  to: [podsIn("kube-system", { "k8s-app": "kube-dns" })],
  ports: ["UDP", "TCP"].map((protocol) => ({ port: 53, protocol })),
};

function ruleFor(destination: Destination) {
  const { port } = destination;
  const to =
    "cidr" in destination
      ? { ipBlock: { cidr: destination.cidr } }
      : podsIn(destination.namespace, destination.labels);
  return { to: [to], ...(port !== undefined && { ports: [{ port, protocol: "TCP" }] }) };
}

function podsIn(namespace: string, labels: Readonly<Record<string, string>> = {}) {
  return {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
    podSelector: { matchLabels: labels },
  };
}
