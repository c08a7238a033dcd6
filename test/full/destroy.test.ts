import assert from "node:assert/strict";
import { nothingLeft } from "../e2e/harness/cluster";
import { succeeds } from "../e2e/harness/shell";
import { beginsDeployed, story } from "../e2e/harness/story";

/** Six of these seconds are the drain. The rest is for the engine's start, and until everything is gone. */
const MOST_SECONDS = 15;

story("the end of a stack", () => {
  beginsDeployed();

  it(`is over within ${MOST_SECONDS} s, with nothing left`, async () => {
    const start = performance.now();
    await succeeds("npx pulumi destroy --yes");
    const seconds = (performance.now() - start) / 1000;
    assert.equal(await nothingLeft(), true);
    assert.ok(seconds <= MOST_SECONDS, `it took ${seconds.toFixed(1)} s`);
  });
});
