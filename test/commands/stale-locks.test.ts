import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import { removeStaleLocks } from "../../commands/stale-locks";

describe("a stack's locks", () => {
  let root = "";
  let cancelled = 0;
  let engine: ChildProcess | undefined;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "locks-test-"));
    cancelled = 0;
  });
  afterEach(() => {
    engine?.kill();
    rmSync(root, { recursive: true });
  });

  const gone = () => spawnSync("true").pid;

  function lock(content: object | string): string {
    const dir = join(root, ".pulumi", "locks", "organization", "project", "dev");
    mkdirSync(dir, { recursive: true });
    const file = join(dir, `${Math.random()}.json`);
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
    return file;
  }

  /** A program of this name that is at work. */
  async function atWork(name: string): Promise<number> {
    copyFileSync("/bin/sleep", join(root, name));
    engine = spawn(join(root, name), ["60"]);
    await once(engine, "spawn");
    return engine.pid ?? 0;
  }

  /** The stack as the Automation API has it: what is asked of it here needs no engine. */
  function stack(url: string): Stack {
    const workspace = {
      workDir: root,
      projectSettings: () => Promise.resolve({ name: "project", runtime: "nodejs", backend: { url } }),
    };
    const cancel = () => Promise.resolve(void (cancelled += 1));
    const exportStack = () => Promise.resolve({ version: 3, deployment: {} });
    return { name: "dev", workspace, cancel, exportStack } as unknown as Stack;
  }

  async function removed(url = `file://${root}`, env: NodeJS.ProcessEnv = {}): Promise<boolean> {
    await removeStaleLocks(stack(url), env);
    return cancelled > 0;
  }

  it("are taken away where their process is gone", async () => {
    assert.equal(await removed(), false, "there is none");
    lock({ pid: gone(), hostname: hostname() });
    assert.equal(await removed(), true);
  });

  it("stay while Pulumi is at work, alone or beside one whose process is gone", async () => {
    lock({ pid: await atWork("pulumi"), hostname: hostname() });
    assert.equal(await removed(), false);
    lock({ pid: gone(), hostname: hostname() });
    assert.equal(await removed(), false);
  });

  it("are taken away where another program has the process's number by now", async () => {
    lock({ pid: await atWork("somebody"), hostname: hostname() });
    assert.equal(await removed(), true);
  });

  it("of another host stay", async () => {
    lock({ pid: gone(), hostname: "another" });
    assert.equal(await removed(), false);
  });

  it("that can't be read stay for the minute that their writer may need", async () => {
    const file = lock('{"pid": 1');
    assert.equal(await removed(), false);
    const then = Date.now() / 1000 - 61;
    utimesSync(file, then, then);
    assert.equal(await removed(), true);
  });

  it("are looked for in the backend that is in use", async () => {
    lock({ pid: gone(), hostname: hostname() });
    const elsewhere = "file:///nowhere";
    assert.equal(await removed("https://api.pulumi.com"), false);
    assert.equal(await removed(`file://${root}`, { PULUMI_BACKEND_URL: elsewhere }), false);
    assert.equal(await removed("file://./?no_tmp_dir=true"), true, "relative to the project's folder");
    cancelled = 0;
    assert.equal(await removed(elsewhere, { PULUMI_BACKEND_URL: `file://${root}` }), true);
  });
});
