import assert from "node:assert/strict";
import { append, changeCode, CODE, restore } from "./harness/checkout";
import { Dev } from "./harness/dev";
import { fewestReady, findDeployment, podsAndRestarts, settled } from "./harness/cluster";
import { whoAnswers } from "./harness/http";
import { Running } from "./harness/running";
import { succeeds } from "./harness/shell";
import { beginsDeployed, story } from "./harness/story";

story("changed code", () => {
  beginsDeployed();

  let first: string;
  let forward: Running;
  before("remember the version", async () => void (first = (await whoAnswers()).version));
  before("npm run forward", () => void (forward = new Running("forward", ["--port", "0"])));
  after(() => forward.kill());

  it("is reached through `npm run forward` too", async () => {
    const [url] = await forward.says(/http:\/\/127\.0\.0\.1:\d+/);
    assert.equal((await whoAnswers(url)).version, first);
  });

  it("rolls out under a new tag, with never fewer ready pods than wanted", async () => {
    const pods = await podsAndRestarts();
    await changeCode("changed");
    assert.equal(await fewestReady(() => succeeds("npx pulumi up --yes")), 2);
    await settled(2);
    const now = await whoAnswers();
    assert.notEqual(now.version, first);
    const image = (await findDeployment())?.spec?.template.spec?.containers[0]?.image;
    assert.equal(image, `api:${now.version}`);
    const kept = (await podsAndRestarts()).filter((pod) => pods.includes(pod));
    assert.deepEqual(kept, []);
  });

  it("leaves the forwarded port where it is, until Ctrl-C", async () => {
    const [url] = await forward.says(/http:\/\/127\.0\.0\.1:\d+/);
    assert.notEqual((await whoAnswers(url)).version, first);
    await forward.stop();
  });

  it("is no rollout if the bundled code is the same", async () => {
    const pods = await podsAndRestarts();
    await append(CODE, "// A comment is not part of the bundle.");
    assert.match(await succeeds("npx pulumi up --yes"), /\d+ unchanged/);
    assert.deepEqual(await podsAndRestarts(), pods);
  });

  it("has the old tag if the code is the old one again", async () => {
    await restore(CODE);
    await succeeds("npx pulumi up --yes");
    await settled(2);
    assert.equal((await whoAnswers()).version, first);
  });
});

story("npm run dev", () => {
  beginsDeployed();

  let dev: Dev;
  after("as it was", async () => {
    dev.kill();
    await restore(CODE);
  });

  it("serves a save from the pods that run, and Ctrl-C puts the release back", async () => {
    const { version } = await whoAnswers();
    dev = await Dev.start();
    const pods = await podsAndRestarts();
    const saved = await dev.serves(() => append(CODE, "export const saved = true;"));
    assert.equal((await whoAnswers()).version, saved.version);
    assert.deepEqual(await podsAndRestarts(), pods);
    await dev.stop();
    await settled(2);
    assert.equal((await whoAnswers()).version, version);
  });
});
