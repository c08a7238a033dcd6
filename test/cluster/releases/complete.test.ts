import assert from "node:assert/strict";
import { untilComplete } from "../../../cluster/releases/complete";
import { deploymentAt, stuck } from "../../support/rollout";

describe("waiting for a Deployment", () => {
  it("goes on if the API server fails to answer once, and ends when the rollout is complete", async () => {
    const answers = [
      () => Promise.resolve(deploymentAt(2, stuck)),
      () => Promise.reject(new Error("socket hang up")),
      () => Promise.resolve(undefined),
      () => Promise.resolve(deploymentAt(2)),
    ];
    assert.equal(await untilComplete(() => answers.shift()!(), 10_000), true);
    assert.equal(answers.length, 0);
  });

  it("ends if the rollout isn't complete in time, whatever the API server says", async () => {
    assert.equal(await untilComplete(() => Promise.reject(new Error("socket hang up")), 100), false);
    assert.equal(await untilComplete(() => Promise.resolve(deploymentAt(2, stuck)), 100), false);
  });
});
