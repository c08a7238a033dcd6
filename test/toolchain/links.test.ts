import assert from "node:assert/strict";
import { lstatSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { linkTools } from "../../toolchain/links";
import type { Found, Source } from "../../toolchain/tool";
import { namesIn, useSandbox } from "../support/sandbox";

describe("the links to tools", () => {
  const sandbox = useSandbox();
  const folder = () => join(sandbox().machine.cacheDir, "bin");

  function found(name: string, source: Source, version = "1.0.0"): Found {
    return { name, version, source, dir: join(sandbox().root, name, version) };
  }

  it("are in one folder, of those that are not on PATH", async () => {
    const dir = await linkTools(sandbox().machine, [found("a", "cache"), found("b", "PATH")]);
    assert.equal(dir, folder());
    assert.deepEqual(namesIn(folder()), ["a"]);
    assert.equal(readlinkSync(join(folder(), "a")), join(sandbox().root, "a", "1.0.0", "a"));
  });

  it("follow a new version, and are left alone otherwise", async () => {
    await linkTools(sandbox().machine, [found("a", "cache")]);
    const { ino } = lstatSync(join(folder(), "a"));
    await linkTools(sandbox().machine, [found("a", "cache")]);
    assert.equal(lstatSync(join(folder(), "a")).ino, ino);
    await linkTools(sandbox().machine, [found("a", "cache", "2.0.0")]);
    assert.equal(readlinkSync(join(folder(), "a")), join(sandbox().root, "a", "2.0.0", "a"));
    assert.deepEqual(namesIn(folder()), ["a"]);
  });

  it("are not mentioned if their folder is on PATH, and not made if every tool is", async () => {
    const { machine } = sandbox();
    assert.equal(await linkTools(machine, [found("b", "PATH")]), undefined);
    assert.deepEqual(namesIn(folder()), []);
    const withFolder = { ...machine, env: { PATH: `/bin:${folder()}` } };
    assert.equal(await linkTools(withFolder, [found("a", "cache")]), undefined);
    assert.deepEqual(namesIn(folder()), ["a"]);
  });
});
