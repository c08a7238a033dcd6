import assert from "node:assert/strict";
import type { V1Pod } from "@kubernetes/client-node";
import { refuseTooManyPods } from "../../../cluster/objects/room";
import { fakeApi } from "../../support/fake-cluster";
import { refusal } from "../../support/problems";
import { workloadWith } from "../../support/rollout";

const node = (name: string, cpu: string, memory = "8Gi", pods = "110") => ({
  metadata: { name },
  status: { allocatable: { cpu, memory, pods } },
});
const pod = (nodeName: string, cpu: string, more: Partial<V1Pod> = {}) => ({
  metadata: { name: "other", namespace: "kube-system", labels: {} },
  spec: { nodeName, containers: [{ name: "c", resources: { requests: { cpu } } }] },
  ...more,
});

describe("room for the pods", () => {
  async function lookFor(keys: Record<string, string>, nodes: object[], pods: object[] = []) {
    const { apis } = await fakeApi({ "/api/v1/nodes": { items: nodes }, "/api/v1/pods": { items: pods } });
    return refuseTooManyPods(apis, workloadWith(keys));
  }
  const look = (replicas: number, nodes: object[], pods: object[] = [], resources = "{}") =>
    lookFor({ replicas: String(replicas), resources }, nodes, pods);

  it("is what other pods leave, for each resource", async () => {
    const system = [pod("a", "750m")];
    assert.equal(await look(11, [node("a", "2")], system), undefined);
    const message = await refusal(look(13, [node("a", "2")], system));
    assert.match(message, /13 pods don't fit into the cluster: .* room for 12\./);
    assert.match(message, /at most 12 pods that each request 100m CPU and 100Mi/);
    assert.match(message, /do: +npx pulumi config set replicas 12, or .*resources\.requests\.cpu/);
    assert.match(await refusal(look(9, [node("a", "100", "850Mi")])), /room for 8\./);
    assert.match(await refusal(look(9, [node("a", "100", "8Gi", "9")], system)), /room for 8\./);
  });

  it("is counted for each node separately", async () => {
    const nodes = [node("a", "1"), node("b", "1")];
    const big = '{"requests":{"cpu":"600m"}}';
    assert.match(await refusal(look(3, nodes, [], big)), /room for 2\./);
    assert.match(await refusal(look(2, nodes, [pod("b", "500m")], big)), /room for 1\./);
  });

  it("isn't taken by the workload's own pods, nor by pods that are ending or were never placed", async () => {
    const own = pod("a", "900m", { metadata: { namespace: "default", labels: { name: "api" } } });
    const going = pod("a", "900m", { metadata: { deletionTimestamp: new Date() } });
    assert.equal(await look(5, [node("a", "1")], [own, going, pod("", "900m")]), undefined);
    const namesake = pod("a", "900m", { metadata: { namespace: "team-b", labels: { name: "api" } } });
    assert.match(await refusal(look(5, [node("a", "1")], [namesake])), /room for 1\./);
  });

  it("counts an init container if it requests more than the containers after it", async () => {
    const requests = (cpu: string) => ({ name: "c", resources: { requests: { cpu } } });
    const spec = { nodeName: "a", containers: [requests("100m")], initContainers: [requests("800m")] };
    assert.match(await refusal(look(3, [node("a", "1")], [{ metadata: {}, spec }])), /room for 2\./);
  });

  it("is limited by the number of pods if they request nothing", async () => {
    const none = '{"requests":{"cpu":"0","memory":"0"}}';
    assert.equal(await look(100, [node("a", "1")], [], none), undefined);
    assert.match(await refusal(look(111, [node("a", "1")], [], none)), /room for 110\./);
  });

  it("causes a warning if it is enough for the pods but not for a rollout", async () => {
    assert.match((await look(10, [node("a", "1")])) ?? "", /replicas 10 fills the cluster.*set replicas 9/);
    assert.equal(await look(0, [node("a", "0")]), undefined);
  });

  it("must be enough for an autoscaler's minimum; a warning says if it isn't for the maximum", async () => {
    const autoscale = (min: number, max: number) =>
      lookFor({ autoscale: JSON.stringify({ min, max }) }, [node("a", "1")]);
    assert.equal(await autoscale(2, 10), undefined);
    assert.match(
      (await autoscale(2, 12)) ?? "",
      /may want 12 pods, .* room for 10: .*--path autoscale\.max 10/,
    );
    const message = await refusal(autoscale(11, 12));
    assert.match(message, /11 pods don't fit .* room for 10\./);
    assert.match(message, /--path autoscale\.max 10/);
  });

  it("is unknown to a user who may not list nodes", async () => {
    const { apis } = await fakeApi({ "/api/v1/nodes": 403, "/api/v1/pods": { items: [] } });
    assert.equal(await refuseTooManyPods(apis, workloadWith({ replicas: "500" })), undefined);
  });
});
