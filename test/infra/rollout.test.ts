import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../../cluster";
import { ResilientService } from "../../infra/workload";
import { followRollouts } from "../../infra/rollout";
import { mockEngine } from "../support/mock-engine";
import { argsFor } from "../support/service";
import { answersWith, deploymentAt, podOf, stuck, workloadWith } from "../support/rollout";
import { fakeApi } from "../support/fake-cluster";

const workload = workloadWith();
const pods = [podOf(2, "api-2-x", {})];

/** Follows a rollout that the engine, a mock, calls ready as soon as it is declared. Rejects as the program does. */
async function followed(answers: Record<string, object>, limitMs: number): Promise<void> {
  await mockEngine();
  const cluster = { api: await fakeApi(answers) } as Cluster;
  const provider = new k8s.Provider("here", { context: "m" });
  const service = new ResilientService("api", argsFor(), { provider });
  const rollouts = workload.tracks.map((track) => ({ workload, track, generation: undefined, limitMs }));
  const complete = followRollouts(service, [{ image: "api:abc" }], { cluster, workload, rollouts });
  await (complete as pulumi.Output<void> & { promise(): Promise<void> }).promise();
}

describe("a rollout that the engine calls ready", () => {
  it("fails if it isn't ready, and names the pods, the reason, and the release that serves", async () => {
    await assert.rejects(followed(answersWith(deploymentAt(2, stuck), pods), 500), (error: Error) => {
      assert.ok(pulumi.RunError.isInstance(error));
      assert.match(
        error.message,
        /^The rollout of the Deployment api was not complete within 0\.5 s\. \[rollout-incomplete\]/,
      );
      assert.match(error.message, /Release bad doesn't become ready: 0 of 2 .* Release good still serves\./);
      assert.match(error.message, /do: +npm run rollback/);
      assert.equal(error.stack, undefined);
      return true;
    });
  });

  it("is waited for until it is complete", async () => {
    const cluster = answersWith(deploymentAt(2, stuck), pods);
    let done = false;
    const waited = followed(cluster, 30_000).then(() => (done = true));
    await sleep(700);
    assert.equal(done, false);
    Object.assign(cluster, answersWith(deploymentAt(2), pods));
    await waited;
  });
});
