import assert from "node:assert/strict";
import { breakCode, changeCode, CODE, restore, standard, writeConfig } from "./harness/checkout";
import { fewestReady, findDeployment, podsAndRestarts, settled } from "./harness/cluster";
import { whoAnswers } from "./harness/http";
import { STACK } from "./harness/place";
import { fails, succeeds } from "./harness/shell";
import { beginsDeployed, deployStandard, story } from "./harness/story";

const up = `npm run up -- --stack ${STACK}`;
const rollback = `npm run rollback -- --stack ${STACK}`;

story("a release that can't become ready", () => {
  beginsDeployed();

  let good: string;
  let pods: string[];
  before("remember what serves", async () => {
    await writeConfig({ ...standard, progressDeadlineSeconds: 10 });
    await succeeds("npx pulumi up --yes");
    good = (await whoAnswers()).version;
    pods = await podsAndRestarts();
  });
  after("the checkout as it was, which the next story deploys", async () => {
    await restore(CODE);
    await writeConfig(standard);
  });

  it("`npx pulumi up` says which pod, why, and what it logged, while the earlier release serves", async () => {
    await breakCode();
    const ready = await fewestReady(async () => {
      const output = await fails("npx pulumi up --yes");
      assert.match(output, /Release \w{12} doesn't become ready: 0 of 2 pods are ready/);
      assert.match(output, new RegExp(`Release ${good} still serves`));
      assert.match(output, /container ended with exit code 3 \(Error\)[^]*where: +pod\/api-\w+-\w+/);
      assert.match(output, /\| the cat ate it\n/);
    });
    assert.equal(ready, 2);
  });

  it("`npm run up` puts that release back by itself, says so, and fails", async () => {
    const output = await fails(up);
    assert.match(output, /exit code 3[^]*\| the cat ate it/);
    assert.match(output, new RegExp(`Release \\w{12} failed; release ${good} is back, and serves`));
    assert.equal((await findDeployment())?.status?.updatedReplicas, 2);
    assert.deepEqual(await podsAndRestarts(), pods);
  });

  it("`npm run releases` shows how each release ended, and which one serves", async () => {
    const output = await succeeds(`npm run releases -- --stack ${STACK}`);
    assert.match(output, new RegExp(`^● ${good} .* succeeded +serves, 2 ready$`, "m"));
    assert.match(output, /^ {2}\w{12} .* failed$/m);
  });

  it("is followed by an ordinary `npx pulumi up` once the code is fixed", async () => {
    await restore(CODE);
    await succeeds("npx pulumi up --yes");
    assert.deepEqual(await podsAndRestarts(), pods);
    assert.match(await succeeds("npx pulumi up --yes"), /\d+ unchanged/);
  });
});

story("a release that is rolled back", () => {
  beginsDeployed();

  let first: string;
  let second: string;
  before("a second release", async () => {
    first = (await whoAnswers()).version;
    await changeCode("second");
    await succeeds("npx pulumi up --yes");
    await settled(2);
    second = (await whoAnswers()).version;
  });
  after("as it was", () => deployStandard(CODE));

  it("`npm run rollback` goes back one release, with no build and no pod missing", async () => {
    assert.notEqual(second, first);
    const ready = await fewestReady(async () => {
      const output = await succeeds(rollback);
      assert.match(output, new RegExp(`^Release ${first} serves\\.$`, "m"));
      assert.doesNotMatch(output, /docker build/i);
    });
    assert.equal(ready, 2);
    await settled(2);
    assert.equal((await whoAnswers()).version, first);
  });

  it("stays at the next `npx pulumi up`, which says why and how to end that", async () => {
    const pods = await podsAndRestarts();
    const output = await succeeds("npx pulumi up --yes");
    assert.match(
      output,
      new RegExp(`The code is release ${second}, which was rolled back: release ${first}`),
    );
    assert.ok(output.includes(`npx pulumi config rm --stack ${STACK} rolledBack`), output);
    assert.deepEqual(await podsAndRestarts(), pods);
  });

  it("`--to` goes to the named release, refuses an unknown one, and says if it serves already", async () => {
    const unknown = await fails(`${rollback} --to 000000000000`);
    assert.match(unknown, new RegExp(`There is no release 000000000000\\n +allowed: .*${second}`));
    assert.match(await succeeds(`${rollback} --to ${first}`), new RegExp(`Release ${first} serves already`));
    await succeeds(`${rollback} --to ${second}`);
    await settled(2);
    assert.equal((await whoAnswers()).version, second);
    assert.match(await succeeds("npx pulumi up --yes"), /\d+ unchanged/);
  });
});
