import assert from "node:assert/strict";
import { deleteFormerAutoscalers, refuseNoMetrics } from "../../../cluster/objects/autoscalers";
import { ownedBy, type StackIdentity } from "../../../cluster/objects/ownership";
import { type Answers, fakeApi } from "../../support/fake-cluster";
import { refusal } from "../../support/problems";
import { workloadWith } from "../../support/rollout";

const AUTOSCALE = { autoscale: '{"max":5}' };
const METRICS = "/apis/metrics.k8s.io/v1beta1/namespaces/default/pods";
const AUTOSCALERS = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers";

describe("the CPU use of the pods", () => {
  async function look(answers: Answers, keys: Record<string, string> = AUTOSCALE) {
    const { apis } = await fakeApi(answers);
    return refuseNoMetrics(apis, workloadWith(keys), "minikube addons enable metrics-server");
  }

  it("must be known for an autoscaler", async () => {
    assert.equal(await look({ [METRICS]: { items: [] } }), undefined);
    const message = await refusal(look({}));
    assert.match(message, /metrics-server is not in the cluster/);
    assert.match(message, /do: +minikube addons enable metrics-server/);
  });

  it("isn't asked for without an autoscaler", async () => {
    assert.equal(await look({}, { replicas: "3" }), undefined);
  });

  it("may be unknown while metrics-server starts, and to users who may not ask", async () => {
    assert.match((await look({ [METRICS]: 503 })) ?? "", /metrics-server doesn't answer/);
    assert.equal(await look({ [METRICS]: 403 }), undefined);
  });
});

describe("an autoscaler that config no longer has", () => {
  const stack: StackIdentity = {
    name: "project/dev",
    holds: () => Promise.resolve(false),
    otherHolder: () => Promise.resolve(undefined),
  };
  const made = (by: string) => ({ metadata: { name: "api", annotations: ownedBy({ name: by }) } });

  async function deleted(autoscaler: object | number, keys: Record<string, string> = {}) {
    const asked: string[] = [];
    const list = typeof autoscaler === "number" ? autoscaler : { items: [autoscaler] };
    const api = await fakeApi({ [AUTOSCALERS]: list, [`${AUTOSCALERS}/api`]: {} }, asked);
    await deleteFormerAutoscalers(api, workloadWith(keys), stack);
    return asked.filter((path) => path !== AUTOSCALERS);
  }

  it("is deleted before the number of pods is set, if this stack made it", async () => {
    assert.deepEqual(await deleted(made("project/dev")), [`${AUTOSCALERS}/api`]);
  });

  it("stays if it is wanted, somebody else's, or another Deployment's", async () => {
    assert.deepEqual(await deleted(made("project/dev"), AUTOSCALE), []);
    assert.deepEqual(await deleted(made("project/prod")), []);
    assert.deepEqual(await deleted({ metadata: { name: "api" } }), []);
    assert.deepEqual(await deleted({ metadata: { ...made("project/dev").metadata, name: "web" } }), []);
  });

  it("is assumed not to exist for a user who may not list autoscalers", async () => {
    assert.deepEqual(await deleted(403), []);
  });
});
