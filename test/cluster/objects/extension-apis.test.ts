import assert from "node:assert/strict";
import { doubtDeletion } from "../../../cluster/objects/extension-apis";
import { fakeApi } from "../../support/fake-cluster";

describe("the deletion of a namespace", () => {
  async function look(answer: object | number) {
    const { apis } = await fakeApi({ "/apis/apiregistration.k8s.io/v1/apiservices": answer });
    return doubtDeletion(apis);
  }
  const condition = (status: string, message = "") => ({
    conditions: [{ type: "Available", status, message }],
  });
  const works = { metadata: { name: "v1.apps" }, status: condition("True") };

  it("is doubted if an extension API has no server that answers", async () => {
    const why = 'endpoints for service/metrics-server in "kube-system" have no addresses';
    const silent = { metadata: { name: "v1beta1.metrics.k8s.io" }, status: condition("False", why) };
    const warning = (await look({ items: [works, silent] })) ?? "";
    assert.match(warning, /v1beta1\.metrics\.k8s\.io doesn't answer \(endpoints for .* have no addresses\)/);
    assert.match(warning, /kubectl delete apiservice v1beta1\.metrics\.k8s\.io$/);
  });

  it("isn't doubted if all answer, or if this user may not look", async () => {
    assert.equal(await look({ items: [works] }), undefined);
    assert.equal(await look(403), undefined);
  });
});
