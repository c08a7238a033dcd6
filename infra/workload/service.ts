import type * as k8s from "@pulumi/kubernetes";
import { metadata, type ResilientServiceArgs } from "./args";
import { ofAnyRelease } from "./labels";

/** The NodePort Service: one address for the pods of all releases. */
export function service(name: string, args: ResilientServiceArgs): k8s.core.v1.ServiceArgs {
  const { port, nodePort, labels } = args;
  return {
    // The Deployment waits for its pods to be ready: to wait for the Service too would take up to 10 s for nothing.
    metadata: metadata(name, args, { "pulumi.com/skipAwait": "true" }),
    spec: {
      type: "NodePort",
      selector: ofAnyRelease(labels),
      ports: [{ name: "http", port, targetPort: "http", nodePort, protocol: "TCP" }],
    },
  };
}
