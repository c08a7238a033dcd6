import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { ensureDockerPlugin } from "../../toolchain/pulumi";
import type { Tool } from "../../toolchain/tool";
import { plugins } from "../../toolchain/tools";
import { useServer } from "../support/file-server";
import { namesIn, useSandbox } from "../support/sandbox";
import { executable, hashOf } from "../support/example-tool";

const NAME = "pulumi-resource-docker";

describe("Pulumi's docker plugin", () => {
  const sandbox = useSandbox();
  const server = useServer();
  const dir = () =>
    join(sandbox().machine.pulumiHome, "plugins", `resource-docker-v${plugins.docker.version}`);

  /** The plugin as it is declared, with a release on the test's own server. */
  function plugin(): Tool {
    const release = { url: `${server().url}/plugin`, checksums: `${server().url}/plugin.sha256` };
    return { ...plugins.docker, release: () => release };
  }

  async function ensure(builds = true): Promise<string> {
    const found = await ensureDockerPlugin(sandbox().machine, builds, sandbox().say, plugin());
    return `${found.source} ${found.dir}`;
  }

  function publish(): void {
    server().answers["/plugin"] = executable;
    server().answers["/plugin.sha256"] = hashOf(executable);
  }

  it("is the one on PATH, whatever else there is, as for the engine", async () => {
    publish();
    sandbox().script(NAME, "");
    sandbox().script(NAME, "", dir());
    assert.equal(await ensure(), `PATH ${sandbox().bin}`);
    assert.deepEqual(server().requests, []);
  });

  it("is the real one in Pulumi's home, without a request", async () => {
    publish();
    sandbox().script(NAME, "", dir());
    assert.equal(await ensure(), `cache ${dir()}`);
    assert.deepEqual([server().requests, sandbox().notices], [[], []]);
  });

  it("is our stand-in only if the real one can't be downloaded, with a notice before each build", async () => {
    assert.equal(await ensure(), `stand-in ${dir()}`);
    const { ino } = statSync(dir());
    assert.equal(await ensure(), `stand-in ${dir()}`);
    assert.equal(statSync(dir()).ino, ino, "what is there stays");
    const notice = `${NAME} ${plugins.docker.version} is not available (${server().url}/plugin.sha256 answered 404): our stand-in builds the image`;
    assert.deepEqual(sandbox().notices, [notice, notice]);
  });

  it("is any stand-in that exists, without a request, if nothing is going to be built", async () => {
    publish();
    sandbox().script(NAME, "an older stand-in", dir());
    sandbox().file(join(dir(), "stand-in.txt"), "");
    assert.equal(await ensure(false), `stand-in ${dir()}`);
    assert.deepEqual([server().requests, sandbox().notices], [[], []]);
  });

  it("is our newest stand-in if an older one is there, until the real one can be downloaded", async () => {
    sandbox().script(NAME, "an older stand-in", dir());
    sandbox().file(join(dir(), "stand-in.txt"), "");
    assert.equal(await ensure(), `stand-in ${dir()}`);
    assert.match(readFileSync(join(dir(), NAME), "utf8"), /^#!\/usr\/bin\/env node/);
    publish();
    assert.equal(await ensure(), `release ${dir()}`);
    assert.deepEqual(namesIn(dir()), [NAME]);
    assert.equal(await ensure(), `cache ${dir()}`);
  });
});
