import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

/** The labels that enforce the `restricted` Pod Security Standard in a namespace (https://kubernetes.io/docs/concepts/security/pod-security-admission/). */
const podSecurity = {
  "pod-security.kubernetes.io/enforce": "restricted",
  "pod-security.kubernetes.io/enforce-version": "latest",
};

/** The namespace of a service's objects. */
export function namespace(
  name: pulumi.Input<string>,
  annotations: Readonly<Record<string, string>>,
): k8s.core.v1.NamespaceArgs {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: podSecurity, annotations } };
}

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
