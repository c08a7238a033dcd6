import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { exclusively, socketFolder } from "../../common/lock.mjs";
import { folderWith } from "../support/folder";

describe("a lock between processes", () => {
  let root = "";
  let folder = "";
  let other: ChildProcess | undefined;

  beforeEach(() => {
    root = folderWith({});
    folder = join(root, "lock");
  });
  afterEach(() => other?.kill("SIGKILL"));

  /** Another process that holds the lock. */
  async function otherProcess(of = folder): Promise<ChildProcess> {
    const file = JSON.stringify(join(__dirname, "..", "..", "common", "lock.mjs"));
    const code = `import { exclusively } from ${file};
      await exclusively(${JSON.stringify(of)}, () => new Promise((end) => {
        console.log("mine");
        setInterval(() => {}, 1000);
        process.stdin.once("data", end);
      }));
      process.exit();`;
    other = spawn(process.execPath, ["--input-type=module", "-e", code], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    await once(other.stdout ?? other, "data");
    return other;
  }

  /** Takes the lock once it is free. Returns the processes that it was waited for. */
  async function take(of = folder): Promise<number[]> {
    const waitedFor = new Set<number>();
    await exclusively(
      of,
      () => Promise.resolve(),
      (pid) => void waitedFor.add(pid),
    );
    return [...waitedFor];
  }

  it("is taken at once if nobody holds it, and leaves nothing behind, also if the work fails", async () => {
    assert.equal(await exclusively(folder, () => Promise.resolve(readdirSync(folder).length)), 1);
    await assert.rejects(
      exclusively(folder, () => Promise.reject(new Error("failed"))),
      /failed/,
    );
    assert.deepEqual([await take(), readdirSync(folder)], [[], []]);
  });

  it("is waited for while another process holds it", async () => {
    const { pid, stdin } = await otherProcess();
    let taken = false;
    const waiting = take().finally(() => (taken = true));
    await sleep(700);
    assert.equal(taken, false);
    stdin?.write("end");
    assert.deepEqual(await waiting, [pid]);
  });

  it("is free as soon as its holder is killed, whoever has its process number then", async () => {
    const holder = await otherProcess();
    const ended = once(holder, "exit");
    holder.kill("SIGKILL");
    await ended;
    assert.equal(readdirSync(folder).length, 1);
    assert.deepEqual([await take(), readdirSync(folder)], [[], []]);
  });

  it("stays held while its holder is stopped, as by Ctrl-Z", async () => {
    const holder = await otherProcess();
    holder.kill("SIGSTOP");
    let taken = false;
    const waiting = take().finally(() => (taken = true));
    await sleep(700);
    assert.equal(taken, false);
    holder.kill("SIGKILL");
    await waiting;
  });

  it("is held by one at a time, whoever comes at the same moment", async () => {
    let atWork = 0;
    const work = async () => {
      assert.equal(++atWork, 1);
      await sleep(20);
      atWork--;
    };
    await Promise.all([1, 2, 3].map(() => exclusively(folder, work)));
    assert.deepEqual(readdirSync(folder), []);
  });

  it("works for a path that is too long for a socket", async () => {
    const long = join(root, "x".repeat(120));
    const { pid, stdin } = await otherProcess(long);
    const waiting = take(long);
    await sleep(100);
    stdin?.write("end");
    assert.deepEqual(await waiting, [pid]);
    rmdirSync(socketFolder(long));
  });

  it("stops nobody if no socket can be made", async () => {
    writeFileSync(folder, "a file");
    assert.equal(await exclusively(folder, () => Promise.resolve("done")), "done");
  });
});
