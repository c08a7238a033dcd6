import assert from "node:assert/strict";
import { join } from "node:path";
import { UserError } from "../../../common/problem";
import { acquire, find } from "../../../toolchain/acquire";
import type { Tool } from "../../../toolchain/tool";
import { useServer } from "../../support/file-server";
import { useSandbox } from "../../support/sandbox";
import { publishBare, sayVersion, sourceOf, thing } from "../../support/example-tool";

describe("the order of a tool's sources", () => {
  const sandbox = useSandbox();
  const server = useServer();

  /** Puts the tool into every place at once. */
  function everywhere(pathVersion: string): Tool {
    sandbox().script("thing", sayVersion(pathVersion));
    inCache();
    return { ...thing, release: () => publishBare(server()), modules: [goModule] };
  }

  function inCache(): string {
    const dir = join(sandbox().machine.cacheDir, "tools", "thing", "1.2.3");
    sandbox().script("thing", sayVersion("1.2.3"), dir);
    return dir;
  }

  function get(tool: Tool) {
    return acquire(tool, sandbox().machine, sandbox().say);
  }

  it("takes the one on PATH at a version that fits, whatever else there is", async () => {
    const tool = everywhere("1.9.0");
    const found = { name: "thing", version: "1.9.0", source: "PATH", dir: sandbox().bin };
    assert.deepEqual(await get(tool), found);
    assert.deepEqual([sandbox().notices, server().requests], [[], []]);
  });

  it("takes one for the version that it prints, a vendor's suffix included, whatever it warns of", async () => {
    sandbox().script("thing", `echo "there is v1.9.9" >&2; ${sayVersion("1.4.1-eks-113cf36")}`);
    assert.equal((await get(thing)).version, "1.4.1-eks-113cf36");
  });

  it("ignores one on PATH that does not fit, says why, and takes the cache's", async () => {
    const tool = everywhere("2.0.0");
    assert.equal((await get(tool)).source, "cache");
    assert.deepEqual(server().requests, []);
    assert.deepEqual(sandbox().notices, [
      `not from PATH: ${sandbox().bin}/thing is 2.0.0, not ${thing.onPath?.fits}`,
    ]);
  });

  it("ignores one on PATH that does not print its version, or is not complete", async () => {
    inCache();
    sandbox().script("thing", "exit 1");
    assert.equal((await get(thing)).source, "cache");
    assert.match(sandbox().notices.join(), /does not say its version/);
    sandbox().script("thing", sayVersion("1.2.3"));
    const two = { ...thing, executables: ["thing", "thing-helper"] };
    await assert.rejects(get(two), /thing-helper is not beside .*bin\/thing/);
  });

  it("ignores a folder of that name on PATH", async () => {
    inCache();
    sandbox().file(join(sandbox().bin, "thing", "file"), "");
    assert.equal((await get(thing)).source, "cache");
  });

  it("ignores npm's own folders on PATH", async () => {
    const dir = join(sandbox().root, "node_modules", ".bin");
    sandbox().script("thing", sayVersion("1.2.3"), dir);
    const machine = { ...sandbox().machine, env: { PATH: dir } };
    await assert.rejects(acquire(thing, machine, sandbox().say), /thing 1\.2\.3 is not available/);
  });

  it("takes the release before the Go module", async () => {
    const tool: Tool = { ...thing, release: () => publishBare(server()), modules: [goModule] };
    sandbox().script("go", fakeGo);
    assert.equal((await get(tool)).source, "release");
    assert.equal((await get(tool)).source, "cache");
    assert.deepEqual(server().requests, ["/thing.sha256", "/thing"]);
  });

  it("takes the Go module if the release can't be downloaded, and says why", async () => {
    const release = { url: `${server().url}/thing`, checksums: `${server().url}/thing.sha256` };
    sandbox().script("go", fakeGo);
    const found = await get({ ...thing, release: () => release, modules: [goModule] });
    assert.equal(found.source, "Go module");
    assert.deepEqual(sandbox().notices, [`not from its release: ${release.checksums} answered 404`]);
  });

  it("waits for a release whose server fails for a moment, and builds nothing", async () => {
    const release = publishBare(server());
    const checksum = String(server().answers["/thing.sha256"]);
    server().answers["/thing.sha256"] = (response) =>
      server().requests.length > 1 ? response.end(checksum) : response.writeHead(503).end();
    sandbox().script("go", fakeGo);
    const found = await get({ ...thing, release: () => release, modules: [goModule] });
    assert.equal(found.source, "release");
    assert.deepEqual(server().requests, ["/thing.sha256", "/thing.sha256", "/thing"]);
  });

  it("says nothing of sources that the tool doesn't have", async () => {
    sandbox().script("go", fakeGo);
    const { name, version, executables, byHand } = thing;
    const inNode: Tool = { name, version, executables, byHand, modules: [goModule] };
    assert.equal((await get(inNode)).source, "Go module");
    assert.deepEqual(sandbox().notices, []);
  });

  it("ends in one error with each source's reason, and what to do by hand", async () => {
    sandbox().script("thing", sayVersion("0.9.0"));
    const release = { url: `${server().url}/thing`, checksums: `${server().url}/thing.sha256` };
    const tool = { ...thing, release: () => release, modules: [goModule] };
    await assert.rejects(get(tool), (error: Error) => {
      assert.ok(error instanceof UserError);
      assert.deepEqual(error.message.split("\n"), [
        "thing 1.2.3 is not available",
        `  not from PATH: ${sandbox().bin}/thing is 0.9.0, not ${thing.onPath?.fits}`,
        `  not from its release: ${release.checksums} answered 404`,
        "  not from its Go module: Go (>=1.26.2) is not on PATH: https://go.dev/dl",
        "  do:      make a thing",
      ]);
      return true;
    });
  });

  it("can be searched without getting anything", async () => {
    assert.equal(await find(thing, sandbox().machine), "missing");
    sandbox().script("thing", sayVersion("0.9.0"));
    assert.match(sourceOf(await find(thing, sandbox().machine)) ?? "", /thing is 0\.9\.0, not/);
    inCache();
    assert.equal(sourceOf(await find(thing, sandbox().machine)), "cache");
    assert.deepEqual(server().requests, []);
  });
});

const goModule = { folder: "etcd", packages: { thing: "example.org/thing" } };

/** Answers `go env`, and builds by writing the file after `-o`. */
const fakeGo = `
if [ "$1" = env ]; then echo go1.30.0; exit; fi
while [ "$1" != -o ]; do shift; done
printf '#!/bin/sh\\n' >"$2"
chmod +x "$2"`;
