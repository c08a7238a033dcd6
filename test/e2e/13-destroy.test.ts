import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { apps, core, findDeployment, findService, nothingLeft, settled } from "./harness/cluster";
import { ask } from "./harness/http";
import { machine, PROFILE, STACK, URL } from "./harness/place";
import { RunningUp } from "./harness/processes";
import { fails, lastLine, succeeds } from "./harness/shell";
import { beginsDeployed, story } from "./harness/story";
import { until } from "./harness/until";

/** The note that marks a profile as made by `npm run up`. */
const NOTE = join(machine.minikubeHome, "profiles", PROFILE, "koa-on-minikube.json");

story("the end of a stack, and a new beginning", () => {
  beginsDeployed();

  it("`npx pulumi destroy` leaves nothing behind", async () => {
    await succeeds("npx pulumi destroy --yes");
    await until("nothing is left", 30_000, nothingLeft);
  });

  it("a Deployment of somebody else stops the next up: it is named and unharmed, and nothing is made", async () => {
    const foreign = await makeForeign();
    try {
      const output = await fails("npx pulumi up --yes");
      assert.match(
        output,
        /The Deployment api in the cluster was not made by this stack[^]*namespace default/,
      );
      const { metadata } = (await findDeployment()) ?? {};
      assert.deepEqual([metadata?.uid, metadata?.generation], [foreign.uid, foreign.generation]);
      assert.equal(await findService(), undefined);
    } finally {
      await apps().deleteNamespacedDeployment({ namespace: "default", name: "api" });
    }
    await until("the foreign Deployment is gone", 10_000, nothingLeft);
  });

  it("`npm run up` after one that was killed while it deployed: no lock in the way, and no duplicate", async () => {
    await killWhileDeploying();
    const output = await succeeds(`npm run up -- --stack ${STACK}`);
    assert.equal(lastLine(output), URL);
    assert.deepEqual(await ask("/healthcheck"), { status: 200, body: "Hello World" });
    await settled(2);
    const [deployments, sets] = await Promise.all([
      apps().listNamespacedDeployment({ namespace: "default" }),
      apps().listNamespacedReplicaSet({ namespace: "default" }),
    ]);
    assert.deepEqual([deployments.items.length, sets.items.length], [1, 1]);
    // The stack's state is complete too.
    const again = await succeeds("npx pulumi up --yes");
    assert.match(again, /\d+ unchanged/);
    assert.doesNotMatch(again, /warning|pending operation/);
  });

  it("`npm run down -- --cluster` refuses a profile that `npm run up` did not make, before anything else", async () => {
    const note = await readFile(NOTE, "utf8");
    await rm(NOTE);
    const down = fails(`npm run down -- --stack ${STACK} --cluster`).finally(() => writeFile(NOTE, note));
    assert.match(await down, new RegExp(`The minikube profile ${PROFILE} was not made by npm run up`));
    assert.notEqual(await findService(), undefined);
  });

  it("`npm run down` leaves nothing behind but the cluster", async () => {
    await succeeds(`npm run down -- --stack ${STACK}`);
    await until("nothing is left", 30_000, nothingLeft);
    await core().listNamespace();
  });
});

/** Makes a Deployment by hand, without pods. */
async function makeForeign(): Promise<{ uid?: string; generation?: number }> {
  const labels = { name: "api", release: "stable" };
  const containers = [{ name: "somebody-elses", image: "somebody/elses:1" }];
  const { metadata } = await apps().createNamespacedDeployment({
    namespace: "default",
    body: {
      metadata: { name: "api", labels },
      spec: {
        replicas: 0,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers } },
      },
    },
  });
  return metadata ?? {};
}

/** Kills `npm run up` while the engine waits for the Deployment. */
async function killWhileDeploying(): Promise<void> {
  const up = new RunningUp();
  await until("the Deployment is there", 60_000, () => findDeployment());
  await up.killAll();
}
