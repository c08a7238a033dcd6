import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { takeTurn } from "../../toolchain/turn";

describe("the turn of a run to prepare the machine", () => {
  let cacheDir = "";
  let other: ChildProcess | undefined;
  let told: string[] = [];

  beforeEach(() => void (cacheDir = mkdtempSync(join(tmpdir(), "turn-test-"))));
  afterEach(() => {
    other?.kill("SIGKILL");
    told = [];
    rmSync(cacheDir, { recursive: true });
  });

  const take = () => takeTurn({ cacheDir }, (line) => void told.push(line));
  const left = () => readdirSync(join(cacheDir, "turns"));

  /** Another run of which it is the turn. */
  async function otherRun(): Promise<ChildProcess> {
    const turn = JSON.stringify(join(__dirname, "..", "..", "toolchain", "turn"));
    const code = `require(${turn}).takeTurn({ cacheDir: ${JSON.stringify(cacheDir)} }, () => {}).then(() => console.log("mine"))`;
    const args = ["--import", "tsx", "-e", `${code}; setInterval(() => {}, 1000)`];
    other = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    await once(other.stdout ?? other, "data");
    return other;
  }

  it("comes at once where nobody else is at work, and leaves nothing", async () => {
    const end = await take();
    assert.equal(left().length, 1);
    end();
    assert.deepEqual([told, left()], [[], []]);
  });

  it("leaves no listener behind in its process", async () => {
    const before = process.listenerCount("exit");
    (await take())();
    assert.equal(process.listenerCount("exit"), before);
  });

  it("comes when another run's has ended", async () => {
    const end = await take();
    let second = false;
    const next = take().then((endSecond) => {
      second = true;
      endSecond();
    });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    assert.equal(second, false);
    assert.match(
      told.join(),
      new RegExp(`another run is preparing this machine \\(pid ${process.pid}\\): waiting`),
    );
    end();
    await next;
    assert.deepEqual(left(), []);
  });

  it("comes to several at the same moment one after the other", async () => {
    let atWork = 0;
    const run = async () => {
      const end = await take();
      assert.equal(++atWork, 1);
      await new Promise((resolve) => setTimeout(resolve, 50));
      atWork--;
      end();
    };
    await Promise.all([run(), run(), run()]);
    assert.deepEqual(left(), []);
  });

  it("comes when another run is killed", async () => {
    const { pid } = await otherRun();
    const waiting = take();
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.match(told.join(), new RegExp(`pid ${pid}`));
    other?.kill("SIGKILL");
    (await waiting)();
    assert.deepEqual(left(), []);
  });

  it("does not wait for a process that only has the number of one, nor for another machine's", async () => {
    mkdirSync(join(cacheDir, "turns"));
    const note = (name: string, run: object) =>
      writeFileSync(join(cacheDir, "turns", name), JSON.stringify(run));
    note("a.json", { pid: process.pid, began: "long ago", hostname: hostname() });
    note("b.json", { pid: 1, began: "Wed", hostname: "another" });
    (await take())();
    assert.deepEqual([told, left()], [[], ["b.json"]]);
  });

  it("is there for everybody where nothing can be written", async function () {
    if (process.getuid?.() === 0) this.skip(); // root can write anywhere
    chmodSync(cacheDir, 0o500);
    (await take())();
    assert.deepEqual(readdirSync(cacheDir), []);
  });
});
