import assert from "node:assert/strict";
import { readEnvironment } from "../../cluster/connection/environment";
import { metricsServer } from "../../commands/doctor";
import { fakeApiServer, kubeconfigFor } from "../support/fake-cluster";

const MISSING = 404;
const BROKEN = 503;

/** What the doctor says about metrics-server in a cluster that answers with a status. */
async function withStatus(status: number, profile: string | undefined) {
  const server = await fakeApiServer({ "/apis/metrics.k8s.io/v1beta1/namespaces/default/pods": status });
  return await metricsServer("m", profile, readEnvironment({ KUBECONFIG: kubeconfigFor("m", server) }));
}

describe("npm run doctor", () => {
  it("says that npm run up installs a missing metrics-server in minikube", async () => {
    const { ok, detail } = await withStatus(MISSING, "m");
    assert.deepEqual([ok, detail], [true, "missing; npm run up installs it for `autoscale`"]);
    assert.match((await withStatus(BROKEN, "m")).todo ?? "", /^npm run up/);
  });

  it("doesn't name npm run up for the metrics-server of another cluster, which it doesn't change", async () => {
    const { ok, detail } = await withStatus(MISSING, undefined);
    assert.deepEqual([ok, detail], [true, "missing; only `autoscale` needs it"]);
    const broken = await withStatus(BROKEN, undefined);
    assert.equal(broken.ok, false);
    assert.equal(broken.todo, "kubectl --context m describe apiservice v1beta1.metrics.k8s.io");
  });
});
