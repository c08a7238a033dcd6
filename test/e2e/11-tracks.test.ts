import assert from "node:assert/strict";
import { orUndefined } from "../../cluster/connection/kubernetes-client";
import { breakCode, changeCode, CODE, restore, standard, writeConfig } from "./harness/checkout";
import { apps, fewestReady, podsAndRestarts, settled } from "./harness/cluster";
import { STACK } from "./harness/place";
import { fails, kubectl, succeeds } from "./harness/shell";
import { beginsDeployed, story } from "./harness/story";
import { losesNothing } from "./harness/under-load";

/** The replicas and the release of a Deployment, or undefined if there is none. */
async function wanted(name: string) {
  const found = await orUndefined(apps().readNamespacedDeployment({ namespace: "default", name }));
  const image = found?.spec?.template.spec?.containers[0]?.image;
  return found && { replicas: found.spec?.replicas, release: image?.split(":")[1] };
}

/** The pods of `stable`. No change of another track may touch them. */
async function stablePods(): Promise<string[]> {
  return (await podsAndRestarts()).filter((pod) => !/^api-(alpha|beta)-/.test(pod));
}

story("tracks", () => {
  beginsDeployed();

  let pods: string[];
  let first: string | undefined;
  before("what runs without tracks", async () => {
    pods = await stablePods();
    first = (await wanted("api"))?.release;
  });
  after("without tracks", async () => {
    await restore(CODE);
    await writeConfig(standard);
  });

  it("are added beside what runs, which is left alone, and no request is lost", async () => {
    const tracks = { beta: { replicas: 1 }, alpha: { replicas: 0 } };
    await writeConfig({ ...standard, progressDeadlineSeconds: 10, tracks });
    await losesNothing("two tracks are added", async () => {
      assert.match(await succeeds("npx pulumi up --yes"), /6 created/); // two objects and a component each
      await settled(3);
    });
    assert.deepEqual(await stablePods(), pods);
    assert.deepEqual(await wanted("api-beta"), { replicas: 1, release: first });
    assert.deepEqual(await wanted("api-alpha"), { replicas: 0, release: first });
  });

  it("are scaled apart, by kubectl and by config", async () => {
    await kubectl("scale deployment -l name=api,release=beta --replicas=3");
    await settled(5);
    assert.match(await kubectl("get pods -L release"), /^api-beta-\S+ .* beta$/m);
    await succeeds(`npx pulumi config set --path tracks.beta.replicas 2 --stack ${STACK}`);
    assert.match(await succeeds("npx pulumi up --yes --refresh"), /1 updated/);
    await settled(4);
    assert.deepEqual(await stablePods(), pods);
  });

  it("run another release each: `npm run up -- --track beta` leaves the others' code alone", async () => {
    await changeCode("second");
    await succeeds(`npm run up -- --track beta --stack ${STACK}`);
    assert.notEqual((await wanted("api-beta"))?.release, first);
    assert.deepEqual([(await wanted("api"))?.release, (await wanted("api-alpha"))?.release], [first, first]);
    // The next update changes nothing, because the other tracks are pinned.
    assert.match(await succeeds("npx pulumi up --yes"), /\d+ unchanged/);
    assert.deepEqual(await stablePods(), pods);
  });

  it("fail alone: the error names the track, and it alone is put back", async () => {
    const second = (await wanted("api-beta"))?.release;
    await breakCode();
    const output = await fails(`npm run up -- --track beta --stack ${STACK}`);
    assert.match(output, /Track beta: Release \w{12} doesn't become ready[^]*\| the cat ate it/);
    assert.match(output, new RegExp(`release ${second} is back, and serves`));
    assert.equal((await wanted("api-beta"))?.release, second);
    assert.deepEqual(await stablePods(), pods);
    await restore(CODE);
    await changeCode("second");
  });

  it("are promoted: stable rolls out the release of beta", async () => {
    const second = (await wanted("api-beta"))?.release;
    const ready = await fewestReady(async () => {
      const output = await succeeds(`npm run promote -- beta --stack ${STACK}`);
      assert.match(output, new RegExp(`Release ${second} serves on the tracks beta and stable`));
    });
    assert.deepEqual([ready, (await wanted("api"))?.release], [2, second]);
    assert.match(
      await succeeds(`npm run releases -- --stack ${STACK}`),
      new RegExp(`^stable +● ${second} [^]*^beta +● ${second} `, "m"),
    );
  });

  it("are removed with no request lost, and the stack is as it was without them", async () => {
    await restore(CODE);
    await writeConfig(standard);
    await losesNothing("two tracks are removed", async () => {
      await succeeds(`npm run up -- --stack ${STACK}`);
      await settled(2);
    });
    assert.deepEqual(await wanted("api"), { replicas: 2, release: first });
    assert.deepEqual([await wanted("api-beta"), await wanted("api-alpha")], [undefined, undefined]);
  });
});
