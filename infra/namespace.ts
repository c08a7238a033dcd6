import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { namespace } from "./workload/namespace";

/**
 * Declares the stack's namespace, unless it is `default`, which every cluster has.
 *
 * @returns its name, once it exists
 */
export function makeNamespace(
  name: string,
  annotations: Readonly<Record<string, string>>,
  opts: Pick<pulumi.CustomResourceOptions, "provider" | "replacementTrigger">,
): pulumi.Output<string> {
  if (name === "default") return pulumi.output(name);
  const options = { ...opts, deleteBeforeReplace: true };
  return new k8s.core.v1.Namespace("namespace", namespace(name, annotations), options).metadata.name;
}
