import assert from "node:assert/strict";
import { ready } from "./harness/cluster";
import { ask } from "./harness/http";
import { PROFILE, STACK, URL } from "./harness/place";
import { fails, lastLine, succeeds } from "./harness/shell";
import { beginsDeployed, story } from "./harness/story";

story("a stopped cluster", () => {
  beginsDeployed();
  before("minikube stop", () => succeeds(`minikube stop -p ${PROFILE}`));

  it("is one clear error, soon", async () => {
    const start = performance.now();
    const output = await fails("npx pulumi up --yes");
    const seconds = (performance.now() - start) / 1000;
    assert.match(
      output,
      new RegExp(`The minikube cluster ${PROFILE} is stopped\\.[^]*minikube start -p ${PROFILE}`),
    );
    // Five for the program; npx, the engine and Node.js have to start before it.
    assert.ok(seconds < 15, `it took ${seconds.toFixed(1)} s`);
  });

  it("is nothing that `npm run down` could take the service out of", async () => {
    assert.match(await fails(`npm run down -- --stack ${STACK}`), new RegExp(`${PROFILE} does not run`));
  });

  it("is started by `npm run up`, and the same URL answers", async () => {
    const output = await succeeds(`npm run up -- --stack ${STACK}`);
    assert.equal(lastLine(output), URL);
    assert.deepEqual(await ask("/healthcheck"), { status: 200, body: "Hello World" });
    await ready(2);
  });
});
