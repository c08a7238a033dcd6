import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { append, restore, standard, writeConfig } from "./harness/checkout";
import { podsAndRestarts } from "./harness/cluster";
import { ask } from "./harness/http";
import { places, PROFILE, STACK } from "./harness/place";
import { fails, succeeds } from "./harness/shell";
import { beginsDeployed, story } from "./harness/story";

const OTHER = `${STACK}-other`;

story("a mistake is one clear error, and the running service does not notice", () => {
  beginsDeployed();

  let running: string[];
  before("remember the pods", async () => void (running = await podsAndRestarts()));
  afterEach("put the config back", async () => await writeConfig(standard));
  afterEach("the service does not notice", async () => {
    assert.deepEqual(await podsAndRestarts(), running);
    assert.deepEqual(await ask("/healthcheck"), { status: 200, body: "Hello World" });
  });

  it("bad config: every problem at once, before anything is touched", async () => {
    await writeConfig({ ...standard, replicas: "many", nodePort: 80, namspace: "team-a" });
    for (const command of ["npx pulumi up --yes", `npm run up -- --stack ${STACK}`]) {
      const output = await fails(command);
      assert.match(output, /replicas is "many"[^]*a whole number from 0 to 500/);
      assert.match(output, /nodePort is "80"[^]*from 30000 to 32767/);
      assert.match(output, /namspace is not a key[^]*Did you mean namespace\?/);
    }
  });

  it("a context that does not exist: names those that do", async () => {
    await writeConfig({ ...standard, context: "nowhere" });
    const output = await fails("npx pulumi up --yes");
    assert.match(output, /There is no Kubernetes context nowhere\./);
    assert.match(output, new RegExp(`allowed: .*${PROFILE}`));
  });

  it("more pods than the node can hold: how many it can, before anything is touched", async () => {
    await writeConfig({ ...standard, replicas: 500 });
    const output = await fails("npx pulumi up --yes");
    assert.match(output, /500 pods don't fit into the cluster[^]*config set --stack e2e replicas \d/);
  });

  it("a Dockerfile that does not build: the builder's own words", async () => {
    await append("service/Dockerfile", "COPY not-there.txt /");
    const output = await fails("npx pulumi up --yes").finally(() => restore("service/Dockerfile"));
    assert.match(output, /not-there\.txt/);
  });

  it("another stack's objects: names both, and makes nothing", async () => {
    await writeConfig(standard, OTHER);
    const output = await fails(`npm run up -- --stack ${OTHER}`);
    for (const kind of ["Deployment", "Service"]) {
      assert.match(output, new RegExp(`The ${kind} api .* but by koa-on-minikube/${STACK}`));
    }
    await succeeds(`npx pulumi stack rm --yes ${OTHER}`);
    await rm(join(places.checkout, `Pulumi.${OTHER}.yaml`), { force: true });
    await succeeds(`npx pulumi stack select ${STACK}`);
  });
});
