import assert from "node:assert/strict";
import { join } from "node:path";
import { findCredentials } from "../../../cluster/images/registry-credentials";
import { folderWith } from "../../support/folder";

const me = { username: "me", password: "pass:word" };
const auth = Buffer.from("me:pass:word").toString("base64");

/** An environment with this Docker config. */
function withConfig(config: object, helper = "exit 1") {
  const folder = folderWith({
    ".docker/config.json": JSON.stringify(config),
    "bin/docker-credential-test": `#!/bin/sh\n${helper}\n`,
  });
  return { HOME: folder, PATH: `${join(folder, "bin")}:${process.env["PATH"]}` };
}

describe("the credentials of a registry", () => {
  it("are those that `docker login` has stored in Docker's config", async () => {
    const env = withConfig({ auths: { "ghcr.io": { auth }, "https://index.docker.io/v1/": { auth } } });
    assert.deepEqual(await findCredentials("ghcr.io", env), me);
    assert.deepEqual(await findCredentials("docker.io", env), me);
    assert.equal(await findCredentials("quay.io", env), undefined);
  });

  it("are those that its helper keeps", async () => {
    const answer = `[ "$1 $(cat)" = "get ghcr.io" ] && echo '{"Username":"me","Secret":"pass:word"}'`;
    const env = withConfig({ auths: { "ghcr.io": {} }, credsStore: "test" }, answer);
    assert.deepEqual(await findCredentials("ghcr.io", env), me);
    assert.equal(await findCredentials("quay.io", env), undefined);
  });

  it("are none if nobody has logged in anywhere", async () => {
    assert.equal(await findCredentials("ghcr.io", { HOME: folderWith({}) }), undefined);
  });
});
