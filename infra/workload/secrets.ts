import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { metadata, type ResilientServiceArgs } from "./args";
import { serviceLabels } from "./labels";

/**
 * The Secret with variables of the container. Pulumi gives it a random name, and changed values make another Secret.
 * So they are a rollout, and the pods of the earlier release keep their values until it is complete.
 */
export function envSecret(name: string, args: ResilientServiceArgs): k8s.core.v1.SecretArgs {
  const { namespace, labels, annotations } = metadata(name, serviceLabels(name, args), args);
  return {
    metadata: { namespace, labels, annotations },
    immutable: true,
    stringData: pulumi.secret(args.secretEnv),
  };
}

/** The Secret by which nodes pull the image. It keeps its random name: new credentials are no reason for a rollout. */
export function pullSecret(name: string, args: ResilientServiceArgs): k8s.core.v1.SecretArgs {
  const { namespace, labels, annotations } = metadata(name, serviceLabels(name, args), args);
  return {
    metadata: { namespace, labels, annotations },
    type: "kubernetes.io/dockerconfigjson",
    stringData: pulumi.secret({ ".dockerconfigjson": args.pullSecret ?? "" }),
  };
}
