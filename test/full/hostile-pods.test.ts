import assert from "node:assert/strict";
import { podsAndRestarts } from "../e2e/harness/cluster";
import { ask } from "../e2e/harness/http";
import { NODE_PORT } from "../e2e/harness/place";
import { beginsDeployed, story } from "../e2e/harness/story";
import { fightOff } from "../service/hostile/campaign";

/** A share of what hostile.test.ts has: enough for each kind to reach each pod. */
const COUNT = 1_000;

story("pods under attack, through the port that everybody has", () => {
  beginsDeployed();

  it("refuse what is malformed, and none of them restarts", async () => {
    const before = await podsAndRestarts();
    assert.deepEqual(await fightOff(COUNT, 1, NODE_PORT), []);
    assert.deepEqual(await podsAndRestarts(), before);
    assert.deepEqual(await ask("/healthcheck"), { status: 200, body: "Hello World" });
  });
});
