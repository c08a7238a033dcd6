import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { metadata, type ResilientServiceArgs } from "./args";
import { serviceLabels } from "./labels";

/**
 * The Secret with variables of the container. It has no name of its own: Pulumi gives it one by chance, and with other
 * values it is another Secret of another name. So changed values are a rollout, the pods of the release before keep
 * theirs until that is complete, and the name tells nothing of the values.
 */
export function envSecret(name: string, args: ResilientServiceArgs): k8s.core.v1.SecretArgs {
  const { namespace, labels, annotations } = metadata(name, serviceLabels(name, args), args);
  return {
    metadata: { namespace, labels, annotations },
    immutable: true,
    stringData: pulumi.secret(args.secretEnv),
  };
}
