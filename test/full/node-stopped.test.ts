import assert from "node:assert/strict";
import { settled } from "../e2e/harness/cluster";
import { ask } from "../e2e/harness/http";
import { machine, PROFILE } from "../e2e/harness/place";
import { succeeds } from "../e2e/harness/shell";
import { beginsDeployed, story } from "../e2e/harness/story";
import { until } from "../e2e/harness/until";

story("the node stopped and started", () => {
  beginsDeployed();

  it("serves again at the same URL, with no command but `minikube start`", async () => {
    await succeeds(`minikube stop -p ${PROFILE}`);
    // Root has to insist (--force): minikube would rather not be started by it.
    await succeeds(`minikube start -p ${PROFILE}${machine.root ? " --force" : ""}`);
    const answer = await until("an answer", 60_000, () => ask("/healthcheck").catch(() => undefined));
    assert.deepEqual(answer, { status: 200, body: "Hello World" });
    await settled(2);
  });
});
