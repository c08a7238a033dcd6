import assert from "node:assert/strict";
import { profileExists } from "../../toolchain/cluster";
import { podsAndRestarts, ready } from "./harness/cluster";
import { ask } from "./harness/http";
import { environmentWithTools, machine, PROFILE, STACK, URL } from "./harness/place";
import { fails, lastLine, succeeds } from "./harness/shell";
import { beginsDeployed, story } from "./harness/story";

/** Nothing listens at this address. */
const PROXY = "http://127.0.0.1:9";
/** Go reads both spellings, and gRPC for Node.js the second. */
const behindProxy = { ...environmentWithTools, HTTPS_PROXY: PROXY, https_proxy: PROXY, HTTP_PROXY: PROXY };

story("a shell with a proxy", () => {
  beginsDeployed();

  it("doesn't use it for local addresses: `npx pulumi up`", async () => {
    assert.match(await succeeds("npx pulumi up --yes", { env: behindProxy }), /\d+ unchanged/);
  });

  it("doesn't use it for local addresses: `npm run status`", async () => {
    await succeeds(`npm run status -- --stack ${STACK}`, { env: behindProxy });
  });
});

story("a flag in front of the `--`", () => {
  beginsDeployed();

  it("destroys nothing: `npm run down --stack=other`", async () => {
    const before = await podsAndRestarts();
    assert.match(await fails("npm run down --stack=other"), /npm run down -- --stack other/);
    assert.deepEqual(await podsAndRestarts(), before);
  });
});

story("a context that was renamed", () => {
  const renamed = `${PROFILE}-renamed`;

  beginsDeployed();
  after("its old name", async () => {
    await succeeds(`kubectl config rename-context ${renamed} ${PROFILE}`);
    await succeeds(`npx pulumi config set context ${PROFILE} --stack ${STACK}`);
    await succeeds(`npm run up -- --stack ${STACK}`);
  });

  it("leads to the same cluster, and no second one is created", async () => {
    await succeeds(`kubectl config rename-context ${PROFILE} ${renamed}`);
    await succeeds(`npx pulumi config set context ${renamed} --stack ${STACK}`);
    assert.equal(lastLine(await succeeds(`npm run up -- --stack ${STACK}`)), URL);
    assert.equal(profileExists(machine, renamed), false);
  });
});

story("a stopped cluster, in a shell that evaluated `minikube docker-env`", () => {
  let env: NodeJS.ProcessEnv;

  beginsDeployed();
  before("minikube docker-env", async () => {
    const output = await succeeds(`minikube -p ${PROFILE} docker-env --shell none`);
    const variables = [...output.matchAll(/^((?:DOCKER|MINIKUBE)_\w+)=(.*)$/gm)].map(([, name, value]) => [
      name,
      value,
    ]);
    env = { ...behindProxy, ...(Object.fromEntries(variables) as NodeJS.ProcessEnv) };
  });
  before("minikube stop", () => succeeds(`minikube stop -p ${PROFILE}`));

  it("is one clear error, soon", async () => {
    const start = performance.now();
    const output = await fails("npx pulumi up --yes", { env });
    const seconds = (performance.now() - start) / 1000;
    assert.match(
      output,
      new RegExp(`The minikube cluster ${PROFILE} is stopped\\.[^]*minikube start -p ${PROFILE}`),
    );
    // Five for the program; npx, the engine and Node.js have to start before it.
    assert.ok(seconds < 15, `it took ${seconds.toFixed(1)} s`);
  });

  it("is one clear error of `npm run down` too", async () => {
    const output = await fails(`npm run down -- --stack ${STACK}`, { env });
    assert.match(output, new RegExp(`${PROFILE} does not run`));
  });

  it("is started by `npm run up`, also behind a proxy, and the same URL answers", async () => {
    const output = await succeeds(`npm run up -- --stack ${STACK}`, { env });
    assert.equal(lastLine(output), URL);
    assert.deepEqual(await ask("/healthcheck"), { status: 200, body: "Hello World" });
    await ready(2);
  });
});
