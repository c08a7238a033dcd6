import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { buildImage } from "../../../toolchain/offline/image-build";

const TAG = `koa-on-minikube-test/image-build:${process.pid}`;

function docker(...args: string[]): string {
  return spawnSync("docker", args, { encoding: "utf8" }).stdout.trim();
}

describe("an image made here", () => {
  before(function () {
    if (docker("version", "--format", "{{.Server.Version}}") === "") this.skip();
  });
  after(() => void docker("rmi", TAG));

  it("can be read by any user, whatever the umask was", async () => {
    const umask = process.umask(0o077);
    const files = { "root/deep/down/node": join(__dirname, "image-build.test.ts") };
    const dockerfile = { text: "FROM scratch\nCOPY root/ /\n" };
    try {
      await buildImage({ tag: TAG, dockerfile, files }, () => undefined, process.env);
    } finally {
      process.umask(umask);
    }
    const container = docker("create", TAG, "none");
    const listing = spawnSync("sh", ["-c", `docker cp ${container}:/deep - | tar -tv`], { encoding: "utf8" });
    docker("rm", container);
    assert.match(listing.stdout, /^drwxr-xr-x .*deep\/\n^drwxr-xr-x .*down\/\n^-rw-r--r-- .*node$/m);
  });
});
