import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

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
