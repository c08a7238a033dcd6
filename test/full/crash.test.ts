import assert from "node:assert/strict";
import { append, restore } from "../e2e/harness/checkout";
import { podsAndRestarts } from "../e2e/harness/cluster";
import { ask } from "../e2e/harness/http";
import { fails, succeeds } from "../e2e/harness/shell";
import { beginsDeployed, story } from "../e2e/harness/story";

const FILE = "service/main.ts";

story("a service that starts and ends at once", () => {
  beginsDeployed();
  after("mend it", async () => {
    await restore(FILE);
    await succeeds("npx pulumi up --yes");
  });

  it("is an error with its own last words within the time of a rollout, and the old pods go on", async () => {
    const running = await podsAndRestarts();
    await append(FILE, 'console.error("the cat ate it");\nprocess.exit(3);');
    assert.match(await fails("npx pulumi up --yes"), /the cat ate it/);
    assert.deepEqual(await ask("/healthcheck"), { status: 200, body: "Hello World" });
    const still = await podsAndRestarts();
    assert.deepEqual(
      running.filter((pod) => !still.includes(pod)),
      [],
    );
  });
});
