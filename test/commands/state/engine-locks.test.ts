import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, utimesSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { removeDeadLocks, waitForLock } from "../../../commands/state/engine-locks";
import { poll } from "../../../common/poll";
import { gone, StateFolder } from "../../support/state-folder";

describe("the engine's locks on a stack", () => {
  let folder: StateFolder;
  let engine: ChildProcess | undefined;

  beforeEach(() => void (folder = new StateFolder()));
  afterEach(() => engine?.kill());

  /** A program of this name that is at work. */
  async function atWork(name: string): Promise<number> {
    copyFileSync("/bin/sleep", join(folder.root, name));
    engine = spawn(join(folder.root, name), ["60"]);
    await once(engine, "spawn");
    return engine.pid ?? 0;
  }

  /** The files of the locks that stay. */
  const stay = () => removeDeadLocks(folder.paths.locks).map(({ file }) => file);

  it("are removed if their process is gone, with what lies beside them", () => {
    assert.deepEqual(stay(), [], "there is none");
    const file = folder.lock({ pid: gone(), hostname: hostname() });
    folder.write(`${file}.attrs`, {});
    assert.deepEqual(stay(), []);
    assert.deepEqual(readdirSync(folder.paths.locks), []);
  });

  it("stay only while Pulumi is at work", async () => {
    const living = folder.lock({ pid: await atWork("pulumi"), hostname: hostname() });
    const stale = folder.lock({ pid: gone(), hostname: hostname() });
    assert.deepEqual(stay(), [living]);
    assert.equal(existsSync(stale), false);
  });

  it("are removed if another program has the process's number by now", async () => {
    folder.lock({ pid: await atWork("somebody"), hostname: hostname() });
    assert.deepEqual(stay(), []);
  });

  it("are removed if their process is a zombie", async function () {
    if (!existsSync("/proc/self/stat")) this.skip();
    const pulumi = join(folder.root, "pulumi");
    copyFileSync("/bin/sleep", pulumi);
    // The shell becomes another program, which knows nothing of the child that it inherits.
    const line = `${pulumi} 0.3 & echo $!; exec sleep 60`;
    engine = spawn("/bin/sh", ["-c", line], { stdio: ["ignore", "pipe", "ignore"] });
    const [pid] = (await once(engine.stdout ?? engine, "data")) as [Buffer];
    const stat = `/proc/${pid.toString().trim()}/stat`;
    const isZombie = () => existsSync(stat) && / Z /.test(readFileSync(stat, "utf8"));
    await poll({ withinMs: 5_000, everyMs: 50 }, () => isZombie() || undefined);
    folder.lock({ pid: Number(pid.toString()), hostname: hostname() });
    assert.deepEqual(stay(), []);
  });

  it("of another host stay", () => {
    const file = folder.lock({ pid: gone(), hostname: "another" });
    assert.deepEqual(stay(), [file]);
  });

  it("that can't be read, or are unfinished, stay as long as a writer may need to finish them", () => {
    const files = [folder.lock('{"pid": 1'), folder.lock("", "a.json.18c5.tmp")];
    assert.deepEqual(stay().sort(), files.sort());
    const then = Date.now() / 1000 - 11;
    for (const file of files) utimesSync(file, then, then);
    assert.deepEqual(stay(), []);
  });

  it("are waited for, with the name of the holder, until the update has ended", async () => {
    const lock = folder.lock({ pid: 1, username: "somebody", hostname: "another" });
    const told: string[] = [];
    setTimeout(() => rmSync(lock), 50);
    await waitForLock(folder.paths, 10_000, (line) => void told.push(line));
    assert.match(told.join(), /the stack dev is running \(pid 1 of somebody@another\): waiting/);
  });

  it("that stay for too long are one clear error, and left alone", async () => {
    const lock = folder.lock({ pid: 1, username: "somebody", hostname: "another" });
    const what = /still running[^]*pid 1 of somebody@another[^]*npx pulumi cancel/;
    await assert.rejects(
      waitForLock(folder.paths, 0, () => {}),
      what,
    );
    assert.equal(existsSync(lock), true);
  });
});
