import type { CustomResourceArgs } from "@pulumi/kubernetes/apiextensions";
import { gatewayRef } from "../../cluster/objects/gateways";
import type { Gateway } from "../config";
import type { ResilientServiceArgs } from "./args";
import { serviceMetadata } from "./metadata";

/** The HTTPRoute, by which a Gateway leads to the Service (https://gateway-api.sigs.k8s.io/api-types/httproute/). */
export function httpRoute(name: string, args: ResilientServiceArgs, gateway: Gateway): CustomResourceArgs {
  return {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: serviceMetadata(name, args, { "pulumi.com/skipAwait": "true" }),
    spec: {
      parentRefs: [gatewayRef(gateway)],
      ...(gateway.host !== undefined && { hostnames: [gateway.host] }),
      rules: [{ backendRefs: [{ name, port: args.pod.port }] }],
    },
  };
}
