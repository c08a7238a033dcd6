import { AdmissionregistrationV1Api } from "@kubernetes/client-node";
import { orUndefined } from "../../../cluster/connection/kubernetes-client";
import { kubeConfig } from "./cluster";

const NAME = "no-way-back";

/**
 * Makes the API server refuse each change after which the Deployment would run a release again. It takes effect after a
 * moment
 * (https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/).
 *
 * @param why the message of the refusal
 */
export async function refuseRelease(tag: string, why: string): Promise<void> {
  const admission = kubeConfig().makeApiClient(AdmissionregistrationV1Api);
  const rule = {
    apiGroups: ["apps"],
    apiVersions: ["v1"],
    operations: ["UPDATE"],
    resources: ["deployments"],
  };
  const runs = (object: string) =>
    `${object}.spec.template.spec.containers.exists(each, each.image.endsWith(":${tag}"))`;
  // A Deployment that runs the release already may be changed.
  const expression = `${runs("oldObject")} || !${runs("object")}`;
  await admission.createValidatingAdmissionPolicy({
    body: {
      metadata: { name: NAME },
      spec: { matchConstraints: { resourceRules: [rule] }, validations: [{ expression, message: why }] },
    },
  });
  await admission.createValidatingAdmissionPolicyBinding({
    body: { metadata: { name: NAME }, spec: { policyName: NAME, validationActions: ["Deny"] } },
  });
}

/** Makes the API server admit everything again, after a moment. */
export async function admitAll(): Promise<void> {
  const admission = kubeConfig().makeApiClient(AdmissionregistrationV1Api);
  await orUndefined(admission.deleteValidatingAdmissionPolicyBinding({ name: NAME }));
  await orUndefined(admission.deleteValidatingAdmissionPolicy({ name: NAME }));
}
