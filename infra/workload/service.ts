import type * as k8s from "@pulumi/kubernetes";
import { workloadLabels } from "../../cluster/objects/workload";
import type { ResilientServiceArgs } from "./args";
import { serviceMetadata } from "./metadata";

/** The Service: one address for the pods of all tracks. */
export function service(name: string, args: ResilientServiceArgs): k8s.core.v1.ServiceArgs {
  const { expose, nodePort, pod } = args;
  const { port } = pod;
  return {
    apiVersion: "v1",
    kind: "Service",
    // The engine waits for the Deployment's pods: waiting for the Service as well takes up to 10 s more. The program
    // waits for the address of a load balancer, and says so.
    metadata: serviceMetadata(name, args, { "pulumi.com/skipAwait": "true" }),
    spec: {
      type: expose === "Gateway" ? "ClusterIP" : expose,
      selector: workloadLabels({ name }),
      ports: [
        {
          name: "http",
          port,
          targetPort: "http",
          protocol: "TCP",
          ...(nodePort !== undefined && { nodePort }),
        },
      ],
    },
  };
}
