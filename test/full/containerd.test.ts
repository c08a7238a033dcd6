import assert from "node:assert/strict";
import { changeCode, CODE, restore, writeConfig } from "../e2e/harness/checkout";
import { ask } from "../e2e/harness/http";
import { removeProfile, startProfile } from "../e2e/harness/other-profile";
import { lastLine, pulumiAlone, succeeds } from "../e2e/harness/shell";
import { story } from "../e2e/harness/story";
import { losesNothing } from "../e2e/harness/under-load";

const NAME = "koa-on-minikube-e2e-containerd";

story("a cluster that somebody made by `minikube start`, with containerd", () => {
  let url = "";
  before("minikube start", async function () {
    this.timeout(1_200_000);
    await writeConfig({ context: NAME, replicas: 2 }, NAME);
    await removeProfile(NAME);
    await startProfile(NAME, "--driver=docker --container-runtime=containerd");
  });
  after("minikube delete", async () => {
    await restore(CODE);
    await removeProfile(NAME);
  });

  const images = () => succeeds(`docker exec ${NAME} crictl images`);
  const release = async () => (await succeeds(`npx pulumi stack output release --stack ${NAME}`)).trim();
  let first = "";

  it("is deployed to by `npm run up`: the image is loaded into the node", async () => {
    url = lastLine(await succeeds(`npm run up -- --stack ${NAME}`));
    assert.deepEqual(await ask("/healthcheck", url), { status: 200, body: "Hello World" });
    first = await release();
    assert.match(await images(), new RegExp(`docker\\.io/library/api +${first} `));
  });

  it("rolls changed code out, and loses no request", async () => {
    await changeCode("changed");
    const rollOut = () => succeeds(`npm run up -- --stack ${NAME}`);
    await losesNothing("containerd: npm run up, changed code", rollOut, url);
    assert.notEqual(await release(), first);
    assert.match(await succeeds(`npm run releases -- --stack ${NAME}`), new RegExp(first));
  });

  it("goes back to the first release, and loses no request", async () => {
    // As if something had cleaned up the node. The image is still in the daemon that built it.
    await succeeds(`docker exec ${NAME} crictl rmi api:${first}`);
    const goBack = () => succeeds(`npm run rollback -- --stack ${NAME}`);
    await losesNothing("containerd: npm run rollback", goBack, url);
    assert.equal(await release(), first);
    assert.match(await images(), new RegExp(`docker\\.io/library/api +${first} `));
  });

  it("works with the three plain Pulumi commands", async () => {
    await succeeds(`npm run down -- --stack ${NAME}`);
    await pulumiAlone(NAME);
    assert.match(await succeeds(`npm run down -- --stack ${NAME}`), /Destroy: done/);
  });
});
