import assert from "node:assert/strict";
import { findDeployment, ready } from "./harness/cluster";
import { ask } from "./harness/http";
import { PROFILE, STACK } from "./harness/place";
import { kubectl, lastLine, succeeds } from "./harness/shell";
import { beginsDeployed, story } from "./harness/story";

story("kubectl and minikube beside Pulumi", () => {
  beginsDeployed();

  it("`kubectl scale deployment -l name=api` scales, and `npx pulumi up` takes it back", async () => {
    await kubectl("scale deployment -l name=api --replicas=3");
    await ready(3);
    // No conflict, although kubectl now owns the field.
    await succeeds("npx pulumi up --yes");
    assert.equal((await findDeployment())?.spec?.replicas, 2);
    await ready(2);
  });

  it("`npm run render` writes what is deployed: `kubectl diff` finds no difference", async () => {
    await succeeds(`npm run render -- --stack ${STACK} --out .build/manifests.yaml`);
    await kubectl("diff -f .build/manifests.yaml");
  });

  it("`minikube service api --url` prints a URL that answers", async function () {
    // On other systems, this command opens a tunnel and doesn't end.
    if (process.platform !== "linux") this.skip();
    const url = lastLine(await succeeds(`minikube -p ${PROFILE} service api --url`));
    assert.deepEqual(await ask("/healthcheck", url), { status: 200, body: "Hello World" });
  });
});
