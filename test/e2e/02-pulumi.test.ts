import assert from "node:assert/strict";
import { findDeployment, podsAndRestarts, ready } from "./harness/cluster";
import { standard, writeConfig } from "./harness/checkout";
import { untilAllAnswer } from "./harness/http";
import { succeeds } from "./harness/shell";
import { beginsDeployed, story } from "./harness/story";

story("plain `npx pulumi`", () => {
  beginsDeployed();

  // --yes, because nobody is here to confirm.
  it("`npx pulumi up` has nothing to do after `npm run up`", async () => {
    const before = await podsAndRestarts();
    assert.match(await succeeds("npx pulumi up --yes"), /\d+ unchanged/);
    assert.deepEqual(await podsAndRestarts(), before);
  });

  it("`npx pulumi config set replicas 10`, then up: ten pods, and all of them answer", async () => {
    await succeeds("npx pulumi config set replicas 10");
    await succeeds("npx pulumi up --yes");
    const pods = await ready(10);
    const expected = pods.map(({ metadata }) => metadata?.name).sort();
    assert.deepEqual([...(await untilAllAnswer(10, 30_000))].sort(), expected);
  });

  it("goes back to the number in config", async () => {
    await writeConfig(standard);
    await succeeds("npx pulumi up --yes");
    assert.equal((await findDeployment())?.spec?.replicas, 2);
    await ready(2);
  });
});
