import assert from "node:assert/strict";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../../common/problem";
import { acquire } from "../../../toolchain/acquire";
import { inCache, install } from "../../../toolchain/acquire/cache";
import type { Tool } from "../../../toolchain/tool";
import { useServer } from "../../support/file-server";
import { namesIn, useSandbox } from "../../support/sandbox";
import { publishBare, thing } from "../../support/example-tool";

const pair: Tool = { ...thing, executables: ["thing", "helper"] };

describe("the cache", () => {
  const sandbox = useSandbox();
  const server = useServer();
  const parent = () => join(sandbox().machine.cacheDir, "tools", "thing");
  const dir = () => join(parent(), "1.2.3");

  /** Installs the pair, each file with this text. */
  function layPair(text: string, between = () => Promise.resolve()): Promise<string> {
    return install(pair, sandbox().machine, async (folder) => {
      await writeFile(join(folder, "thing"), text, { mode: 0o755 });
      await between();
      await writeFile(join(folder, "helper"), text, { mode: 0o755 });
    });
  }

  it("shows a folder only when all of it is there", async () => {
    await layPair("a", async () => {
      assert.equal(await inCache(pair, sandbox().machine), undefined);
      assert.deepEqual(namesIn(dir()), []);
    });
    assert.equal((await inCache(pair, sandbox().machine))?.dir, dir());
    assert.deepEqual(namesIn(parent()), ["1.2.3"]);
  });

  it("does not use a folder that lacks an executable", async () => {
    sandbox().script("thing", "", dir());
    assert.equal(await inCache(pair, sandbox().machine), undefined);
    sandbox().file(join(dir(), "helper"), "not executable");
    assert.equal(await inCache(pair, sandbox().machine), undefined);
  });

  it("does not use a folder that the engine's own download has not filled, and replaces it", async () => {
    for (const name of pair.executables) sandbox().script(name, "", dir());
    writeFileSync(`${dir()}.partial`, "");
    assert.equal(await inCache(pair, sandbox().machine), undefined);
    await layPair("a");
    assert.equal((await inCache(pair, sandbox().machine))?.dir, dir());
    assert.deepEqual(namesIn(parent()), ["1.2.3"]);
  });

  it("keeps the earlier content if an installation fails, and nothing of the failed one", async () => {
    await layPair("before");
    const failing = layPair("after", () => Promise.reject(new Error("no space")));
    await assert.rejects(failing, /no space/);
    assert.equal(readFileSync(join(dir(), "thing"), "utf8"), "before");
    assert.deepEqual(namesIn(parent()), ["1.2.3"]);
  });

  it("lets any number of processes install the same tool at the same time", async () => {
    const texts = Array.from({ length: 20 }, (_, number) => String(number));
    await Promise.all(texts.map((text) => layPair(text, () => sleep(Number(text) % 3))));
    const [first = "", second] = pair.executables.map((name) => readFileSync(join(dir(), name), "utf8"));
    assert.ok(texts.includes(first));
    assert.equal(second, first, "both are from the same installation");
    assert.deepEqual(namesIn(parent()), ["1.2.3"]);
  });

  it("is left alone if the folder can't be written to, with one error that says what to do", async () => {
    const { machine, say } = sandbox();
    // Root may write everywhere, but not below a file.
    sandbox().file(machine.cacheDir, "a file");
    const release = publishBare(server());
    await assert.rejects(acquire({ ...thing, release: () => release }, machine, say), (error: Error) => {
      assert.ok(error instanceof UserError);
      assert.deepEqual(error.message.split("\n"), [
        `The folder ${parent()} can't be written to (ENOTDIR)`,
        "  do:      make it writable, or name another cache folder with KOA_ON_MINIKUBE_CACHE",
      ]);
      return true;
    });
  });

  it("doesn't name our cache variable if the folder is another program's", async () => {
    const home = join(sandbox().root, "home");
    sandbox().file(home, "a file");
    const installing = install({ ...thing, home: () => join(home, "bin") }, sandbox().machine, () =>
      Promise.resolve(),
    );
    await assert.rejects(installing, /do: {6}make it writable$/);
  });

  it("is read also if it can't be written to", async () => {
    await layPair("a");
    chmodSync(parent(), 0o555);
    assert.equal((await acquire(pair, sandbox().machine, sandbox().say)).source, "cache");
    chmodSync(parent(), 0o755);
  });
});
