import type * as k8s from "@pulumi/kubernetes";
import { workloadLabels } from "../../cluster/objects/workload";
import { metadata, type ResilientServiceArgs } from "./args";
import { serviceLabels } from "./labels";

/** The cluster's DNS (https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/). */
const dns = {
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
  podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
};

/**
 * The NetworkPolicy. It admits requests to the service and, from inside the cluster, to its metrics; it lets out DNS
 * questions alone. Not every network plugin enforces it: minikube's `bridge` doesn't
 * (https://kubernetes.io/docs/concepts/services-networking/network-policies/).
 */
export function networkPolicy(name: string, args: ResilientServiceArgs): k8s.networking.v1.NetworkPolicyArgs {
  const { metricsPort } = args.pod;
  const metrics = { from: [{ namespaceSelector: {} }], ports: [{ port: "metrics", protocol: "TCP" }] };
  return {
    metadata: metadata(name, serviceLabels(name, args), args),
    spec: {
      podSelector: { matchLabels: workloadLabels({ name }) },
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ ports: [{ port: "http", protocol: "TCP" }] }, ...(metricsPort === 0 ? [] : [metrics])],
      egress: [{ to: [dns], ports: ["UDP", "TCP"].map((protocol) => ({ port: 53, protocol })) }],
    },
  };
}
