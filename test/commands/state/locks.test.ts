import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, readdirSync, utimesSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { clearStale } from "../../../commands/state/locks";
import { whileLocked } from "../../../commands/state/own-lock";
import { until } from "../../e2e/harness/until";
import { gone, StateFolder } from "./folder";

describe("a stack's locks", () => {
  let folder: StateFolder;
  let engine: ChildProcess | undefined;

  beforeEach(() => void (folder = new StateFolder()));
  afterEach(() => {
    engine?.kill();
    folder.remove();
  });

  /** A program of this name that is at work. */
  async function atWork(name: string): Promise<number> {
    copyFileSync("/bin/sleep", join(folder.root, name));
    engine = spawn(join(folder.root, name), ["60"]);
    await once(engine, "spawn");
    return engine.pid ?? 0;
  }

  /** The files of the locks that stay. */
  const stay = () => clearStale(folder.place.locks).map(({ file }) => file);

  it("are taken away where their process is gone, with what lies beside them", () => {
    assert.deepEqual(stay(), [], "there is none");
    const file = folder.lock({ pid: gone(), hostname: hostname() });
    folder.write(`${file}.attrs`, {});
    assert.deepEqual(stay(), []);
    assert.deepEqual(readdirSync(folder.place.locks), []);
  });

  it("stay while Pulumi is at work, and only those", async () => {
    const living = folder.lock({ pid: await atWork("pulumi"), hostname: hostname() });
    const stale = folder.lock({ pid: gone(), hostname: hostname() });
    assert.deepEqual(stay(), [living]);
    assert.equal(existsSync(stale), false);
  });

  it("are taken away where another program has the process's number by now", async () => {
    folder.lock({ pid: await atWork("somebody"), hostname: hostname() });
    assert.deepEqual(stay(), []);
  });

  it("are taken away where their process has ended and nobody has asked how", async () => {
    const pulumi = join(folder.root, "pulumi");
    copyFileSync("/bin/sleep", pulumi);
    // The shell becomes another program, which knows nothing of the child that it inherits.
    const line = `${pulumi} 0.3 & echo $!; exec sleep 60`;
    engine = spawn("/bin/sh", ["-c", line], { stdio: ["ignore", "pipe", "ignore"] });
    const [pid] = (await once(engine.stdout ?? engine, "data")) as [Buffer];
    const state = () => spawnSync("ps", ["-o", "stat=", "-p", pid.toString().trim()]).stdout.toString();
    await until("it has ended", 5_000, () => Promise.resolve(state().startsWith("Z") || undefined));
    folder.lock({ pid: Number(pid.toString()), hostname: hostname() });
    assert.deepEqual(stay(), []);
  });

  it("of another host stay", () => {
    const file = folder.lock({ pid: gone(), hostname: "another" });
    assert.deepEqual(stay(), [file]);
  });

  it("that can't be read, or were never finished, stay for the moment that their writer may need", () => {
    const files = [folder.lock('{"pid": 1'), folder.lock("", "a.json.18c5.tmp")];
    assert.deepEqual(stay().sort(), files.sort());
    const then = Date.now() / 1000 - 11;
    for (const file of files) utimesSync(file, then, then);
    assert.deepEqual(stay(), []);
  });

  it("of our own are held for as long as the work takes, by one at a time", () => {
    const told: boolean[] = [];
    const inner = () => told.push(whileLocked(folder.place.locks, () => assert.fail("it is not our turn")));
    assert.equal(whileLocked(folder.place.locks, inner), true);
    assert.deepEqual([told, readdirSync(folder.place.locks)], [[false], []]);
    folder.lock({ pid: gone(), hostname: "another" });
    assert.equal(
      whileLocked(folder.place.locks, () => assert.fail("it is not our turn")),
      false,
    );
  });
});
