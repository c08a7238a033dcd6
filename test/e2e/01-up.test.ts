import assert from "node:assert/strict";
import { core, findDeployment, findService, podsAndRestarts, settled } from "./harness/cluster";
import { ask, whoAnswers } from "./harness/http";
import { NODE_PORT, PROFILE, STACK, URL, environment } from "./harness/place";
import { lastLine, succeeds } from "./harness/shell";
import { FIRST_UP_TIMEOUT_MS, story, up } from "./harness/story";

story("a fresh `npm run up`", () => {
  it("prints the URL, which answers", async function () {
    this.timeout(FIRST_UP_TIMEOUT_MS);
    const output = await up();
    assert.equal(lastLine(output), URL);
    assert.deepEqual(await ask("/healthcheck"), { status: 200, body: "Hello World" });
  });

  it("deploys the objects that the API server then shows", async () => {
    const [deployment, service] = [await findDeployment(), await findService()];
    assert.equal(deployment?.status?.readyReplicas, 2);
    assert.deepEqual(deployment.spec?.selector.matchLabels, { name: "api", release: "stable" });
    const labels = { name: "api", release: "stable", maturityStage: "dev", tier: "backend" };
    assert.deepEqual([deployment.metadata?.labels, service?.metadata?.labels], [labels, labels]);
    assert.deepEqual(service?.spec?.selector, { name: "api" });
    assert.equal(service.spec.ports?.[0]?.nodePort, NODE_PORT);
  });

  it("answers /ip and /pod as the API server describes the pods", async () => {
    const pods = await settled(2);
    const ips = pods.map(({ status }) => status?.podIP);
    assert.ok(ips.includes((await ask("/ip")).body));
    const says = await whoAnswers();
    const { metadata, spec, status } = await core().readNamespacedPod({
      name: says.name,
      namespace: says.namespace,
    });
    assert.equal(says.ip, status?.podIP);
    assert.equal(says.node, spec?.nodeName);
    assert.equal(says.track, metadata?.labels?.release);
    assert.equal(`api:${says.version}`, spec?.containers[0]?.image);
  });

  it("changes nothing the second time", async () => {
    const before = await podsAndRestarts();
    const output = await succeeds(`npm run up -- --stack ${STACK}`, { env: environment });
    assert.equal(lastLine(output), URL);
    assert.match(output, /Deployment: no changes/);
    assert.deepEqual(await podsAndRestarts(), before);
  });

  it("makes `npm run doctor` list the tools and the cluster", async () => {
    const output = await succeeds(`npm run doctor -- --stack ${STACK}`);
    for (const tool of ["node", "docker", "pulumi", "minikube", "kubectl", "pulumi-resource-kubernetes"]) {
      assert.match(output, new RegExp(`^✔ ${tool} +.*\\d+\\.\\d+\\.\\d+`, "m"));
    }
    assert.match(output, new RegExp(`^✔ cluster ${PROFILE} +running, made by this project`, "m"));
  });
});
