import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ResilientServiceArgs } from "./args";
import { serviceMetadata } from "./metadata";

/**
 * The Secret with the container's secret variables. Pulumi gives it a random name, and changed values make a new Secret.
 * So a changed value is a rollout, and pods of the earlier release keep the old values until it is complete.
 */
export function envSecret(name: string, args: ResilientServiceArgs): k8s.core.v1.SecretArgs {
  const { namespace, labels, annotations } = serviceMetadata(name, args);
  return {
    metadata: { namespace, labels, annotations },
    immutable: true,
    stringData: pulumi.secret(args.secretEnv),
  };
}

/** The Secret with which nodes pull the image. It keeps its random name: new credentials cause no rollout. */
export function pullSecret(name: string, args: ResilientServiceArgs): k8s.core.v1.SecretArgs {
  const { namespace, labels, annotations } = serviceMetadata(name, args);
  return {
    metadata: { namespace, labels, annotations },
    type: "kubernetes.io/dockerconfigjson",
    stringData: pulumi.secret({ ".dockerconfigjson": args.pullSecret ?? "" }),
  };
}
