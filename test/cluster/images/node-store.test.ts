import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { NodeStore } from "../../../cluster/images/node-store";

const NAME = `koa-on-minikube-test-${process.pid}`;
const [ours, theirs, inherited] = ["aaaaaaaaaaaa", "bbbbbbbbbbbb", "cccccccccccc"];

function docker(...args: string[]): boolean {
  return spawnSync("docker", args, { input: Buffer.alloc(1024) }).status === 0;
}

/** Makes an empty image. */
function importImage(tag: string, ...changes: string[]): void {
  assert.ok(docker("import", ...changes.flatMap((change) => ["-c", change]), "-", `${NAME}:${tag}`));
}

describe("the images in a Docker daemon", () => {
  const host = process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock";
  const store = new NodeStore({ host }, NAME);
  const all = [ours, theirs, inherited, "dddddddddddd"];

  before(function () {
    if (!docker("version")) this.skip();
    importImage(theirs);
    importImage(ours, `LABEL koa-on-minikube.release=${ours}`);
    importImage(inherited, `LABEL koa-on-minikube.release=${ours}`, "ENV A=1");
    importImage("latest", "LABEL koa-on-minikube.release=latest");
  });
  after(() => void docker("rmi", ...[ours, theirs, inherited, "latest"].map((tag) => `${NAME}:${tag}`)));

  it("are those with a release's tag, whoever built them", async () => {
    assert.deepEqual(await store.tags(all), [ours, theirs, inherited]);
  });

  it("may be removed if this project built them, not if somebody else tagged or derived them", async () => {
    assert.deepEqual(
      (await store.newestFirst()).map(({ tag }) => tag),
      [ours],
    );
    await store.remove(ours);
    assert.deepEqual(await store.tags(all), [theirs, inherited]);
  });
});
