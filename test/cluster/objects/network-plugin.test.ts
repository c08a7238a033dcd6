import assert from "node:assert/strict";
import { doubtEgress } from "../../../cluster/objects/network-plugin";
import { fakeApi } from "../../support/fake-cluster";

describe("a limit to what the pods may call", () => {
  async function look(answer: object | number, egress?: object[]) {
    const { apis } = await fakeApi({ "/apis/apps/v1/daemonsets": answer });
    return doubtEgress(apis, egress);
  }
  const daemonSets = (...names: string[]) => ({ items: names.map((name) => ({ metadata: { name } })) });

  it("is doubted if no network plugin is known to enforce it", async () => {
    assert.match((await look(daemonSets("kube-proxy", "aws-node"), [])) ?? "", /egress may have no effect/);
    assert.equal(await look(daemonSets("kube-proxy", "calico-node"), []), undefined);
  });

  it("is doubted only if config sets it, and this user may look", async () => {
    assert.equal(await look(daemonSets("kube-proxy")), undefined);
    assert.equal(await look(403, []), undefined);
  });
});
