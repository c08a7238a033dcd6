import assert from "node:assert/strict";
import { findDeployment, findService, settled } from "./harness/cluster";
import { ask, whoAnswers } from "./harness/http";
import { STACK } from "./harness/place";
import { kubectl, succeeds } from "./harness/shell";
import { beginsDeployed, story } from "./harness/story";
import { until } from "./harness/until";

/** The engine's summary: one of the two objects was missing, the other was changed. */
const REPAIRED = /(?=.*\b1 created?\b).*\b1 updated?\b/s;

/** The fields of the API server's objects that the stack declares. */
async function declared() {
  const [deployment, service] = [await findDeployment(), await findService()];
  return {
    labels: [deployment?.metadata?.labels, service?.metadata?.labels],
    replicas: deployment?.spec?.replicas,
    image: deployment?.spec?.template.spec?.containers[0]?.image,
    selector: service?.spec?.selector,
    ports: service?.spec?.ports,
  };
}

story("what was changed behind Pulumi's back", () => {
  beginsDeployed();
  let meant: Awaited<ReturnType<typeof declared>>;
  before("what is declared", async () => void (meant = await declared()));

  after("the earlier pods are gone", () => settled(2));

  async function repairs(command: string): Promise<void> {
    assert.match(await succeeds(command), REPAIRED);
    assert.deepEqual(await declared(), meant);
  }

  it("a Deployment deleted, a Service that sends requests nowhere, labels changed: `npm run up` repairs all", async () => {
    await kubectl("delete deployment api");
    await kubectl("set selector service api name=nobody");
    await kubectl("label service api tier=frontend --overwrite");
    await repairs(`npm run up -- --stack ${STACK}`);
    assert.deepEqual(await ask("/healthcheck"), { status: 200, body: "Hello World" });
  });

  it("a Service deleted, other replicas, another image, another label: `npx pulumi up` repairs all", async () => {
    const { version } = await whoAnswers();
    await kubectl("delete service api");
    await kubectl("scale deployment api --replicas=3");
    await kubectl("set image deployment api api-container=api:nothing");
    await kubectl("label deployment api tier=frontend --overwrite");
    await repairs("npx pulumi up --yes --skip-preview");
    // kube-proxy learns of the new Service a moment later: `npm run up` waits for that.
    const answer = await until("the new Service answers", 10_000, () => whoAnswers().catch(() => undefined));
    assert.equal(answer.version, version);
  });
});
