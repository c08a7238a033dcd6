import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { LocalWorkspace, PulumiCommand, Stack } from "@pulumi/pulumi/automation";
import { prepareStack, withStackLock } from "../../commands/state";
import { readCheckpoint, type Snapshot } from "../../commands/state/checkpoint";
import { locksIn } from "../../commands/state/engine-locks";
import { createOrSelect } from "../../commands/state/stack";
import { poll } from "../../common/poll";
import { find } from "../../toolchain/acquire";
import { readMachine } from "../../toolchain/machine";
import { hostTools } from "../../toolchain/tools";
import { StateFolder } from "../support/state-folder";

const ROOT = dirname(dirname(__dirname));

/** A program that declares one resource, and takes as long as TAKES says. The whole SDK would take longer to load than the
 * update takes. */
const PROGRAM = `
const { ComponentResource } = require("@pulumi/pulumi/resource");
new ComponentResource("test:index:Thing", process.env.THING ?? "thing");
module.exports = new Promise((resolve) => setTimeout(() => resolve({ done: true }), Number(process.env.TAKES ?? 0)));
`;

describe("the engine's state and locks", function () {
  this.timeout(60_000);
  this.slow(15_000);
  let folder: StateFolder;
  let stack: Stack;
  let pulumi = "";
  let running: ChildProcess | undefined;

  before(async function () {
    const found = await find(hostTools.pulumi, readMachine());
    if (typeof found === "string") {
      console.log(`    skipped: no Pulumi ${hostTools.pulumi.version} (npm run up gets it)`);
      return this.skip();
    }
    pulumi = join(found.dir, "pulumi");
    folder = new StateFolder();
    writeFileSync(join(folder.root, "Pulumi.yaml"), "name: project\nruntime: nodejs\n");
    writeFileSync(join(folder.root, "package.json"), '{ "main": "index.js" }');
    writeFileSync(join(folder.root, "index.js"), PROGRAM);
    // Nothing but the SDK: the engine would look for the plugins of the other packages.
    mkdirSync(join(folder.root, "node_modules", "@pulumi"), { recursive: true });
    const sdk = join("node_modules", "@pulumi", "pulumi");
    symlinkSync(join(ROOT, sdk), join(folder.root, sdk));
    const pulumiCommand = await PulumiCommand.get({ root: dirname(dirname(pulumi)) });
    const workspace = await LocalWorkspace.create({ workDir: folder.root, pulumiCommand, envVars: ours() });
    stack = await Stack.create("dev", workspace);
  });
  afterEach(() => void running?.kill("SIGKILL"));

  const ours = (): Record<string, string> => ({
    PULUMI_BACKEND_URL: `file://${folder.root}`,
    PULUMI_CONFIG_PASSPHRASE: "",
    PULUMI_HOME: join(folder.root, "home"),
  });

  const told: string[] = [];
  const options = () =>
    ({ machine: { env: ours(), cacheDir: folder.root }, pendingCreates: "clear" }) as const;
  const say = (line: string) => void told.push(line);
  const settled = () => prepareStack(stack.workspace, "dev", options(), say);

  const WITHOUT_A_QUESTION = ["--yes", "--skip-preview", "--stack", "dev"];

  /** Takes the lock and writes the state as an update does, without running the program. */
  function refresh() {
    const env = { ...process.env, ...ours() };
    const args = ["refresh", ...WITHOUT_A_QUESTION];
    return spawnSync(pulumi, args, { cwd: folder.root, env, encoding: "utf8" });
  }

  /** Starts `pulumi up` with a program that takes so many milliseconds. */
  function up(milliseconds: number): ChildProcess {
    const env = { ...process.env, ...ours(), TAKES: String(milliseconds) };
    return spawn(pulumi, ["up", ...WITHOUT_A_QUESTION], { cwd: folder.root, env, stdio: "ignore" });
  }

  /** Starts `pulumi up` with a program that takes so many milliseconds, and waits until it has the lock. */
  async function begin(milliseconds: number): Promise<ChildProcess> {
    running = up(milliseconds);
    const locked = await poll({ withinMs: 20_000, everyMs: 100 }, () => locksIn(folder.paths.locks)[0]);
    assert.ok(locked, "it has its lock");
    return running;
  }

  it("an update that runs is waited for, by name", async () => {
    const other = await begin(2_000);
    const ended = once(other, "exit");
    await settled();
    assert.match(told.join("\n"), new RegExp(`the stack dev is running \\(pid ${other.pid} of .*: waiting`));
    assert.deepEqual(await ended, [0, null]);
  });

  it("an update that was killed blocks nobody", async () => {
    const other = await begin(60_000);
    const ended = once(other, "exit");
    other.kill("SIGKILL");
    await ended;
    await settled();
    assert.deepEqual(locksIn(folder.paths.locks), []);
    assert.equal(refresh().status, 0);
  });

  it("what a killed update was just creating is cleared, or imported to be destroyed", async () => {
    const urn = (type: string, name: string) => `urn:pulumi:dev::project::${type}::${name}`;
    const provider = { urn: urn("pulumi:providers:kubernetes", "default"), custom: true, id: "1" };
    const namespace = {
      urn: urn("kubernetes:core/v1:Namespace", "team"),
      custom: true,
      type: "kubernetes:core/v1:Namespace",
      inputs: { metadata: { name: "team-a" } },
      provider: `${provider.urn}::1`,
    };
    const state = JSON.parse(readFileSync(folder.paths.file, "utf8")) as { checkpoint: { latest: Snapshot } };
    const { latest } = state.checkpoint;
    const resources = [...(latest.resources ?? []), { ...provider, type: "pulumi:providers:kubernetes" }];
    const pending_operations = [{ type: "creating", resource: namespace }];
    const whole = JSON.stringify(state);
    const killed = { ...state, checkpoint: { latest: { ...latest, resources, pending_operations } } };
    for (const [pendingCreates, expected] of [["clear"], ["import", "team-a"]] as const) {
      writeFileSync(folder.paths.file, JSON.stringify(killed));
      await prepareStack(stack.workspace, "dev", { ...options(), pendingCreates }, say);
      const after = readCheckpoint(folder.paths.file).checkpoint.latest;
      assert.equal(after?.pending_operations, undefined);
      assert.deepEqual([after?.resources?.length, after?.resources?.[3]?.id], [expected ? 4 : 3, expected]);
    }
    writeFileSync(folder.paths.file, whole);
  });

  it("two updates at the same moment both succeed, one after the other", async () => {
    const update = () => withStackLock(stack, options(), say, () => once(up(0), "exit"));
    assert.deepEqual(await Promise.all([update(), update()]), [
      [0, null],
      [0, null],
    ]);
    const { checkpoint } = readCheckpoint(folder.paths.file);
    assert.equal(checkpoint.latest?.resources?.length, 2, "the stack, and its one thing");
  });

  it("a lock that another update is just writing, over which the engine fails, is waited for", async () => {
    const halfWritten = join(folder.paths.locks, "0.json.1.tmp");
    mkdirSync(folder.paths.locks, { recursive: true });
    symlinkSync("renamed-by-now", halfWritten);
    let tries = 0;
    await withStackLock(stack, options(), say, async () => {
      tries++;
      await stack.refresh().finally(() => rmSync(halfWritten, { force: true }));
    });
    assert.equal(tries, 2);
  });

  it("a state that is cut off, which the engine can't read, comes back whole", async () => {
    const whole = readFileSync(folder.paths.file, "utf8");
    truncateSync(folder.paths.file, 200);
    assert.match(refresh().stderr, /unexpected end of JSON/);
    await settled();
    assert.equal(readFileSync(folder.paths.file, "utf8"), whole);
    assert.match(refresh().stdout, /2 unchanged/);
  });

  it("a stack is created with the secrets provider that its config names, or its config stays as it is", async () => {
    const { workspace } = stack;
    const file = join(folder.root, "Pulumi.kms.yaml");
    const key = "secretsprovider: awskms://alias/none?region=us-east-1\nencryptedkey: S2V5\n";
    writeFileSync(file, key);
    const nowhere = { AWS_ENDPOINT_URL_KMS: "http://127.0.0.1:1", AWS_MAX_ATTEMPTS: "1" };
    Object.assign(workspace.envVars, nowhere, { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" });
    await assert.rejects(createOrSelect(workspace, "kms"), /KMS/);
    assert.equal(readFileSync(file, "utf8"), key);
  });

  describe("on a backend that isn't a folder of this machine, which only the engine can read", () => {
    /** To the engine it is the same folder. */
    const shared = () => ({
      ...options(),
      machine: { env: { PULUMI_BACKEND_URL: "s3://bucket" }, cacheDir: "" },
    });
    const update = (hear: (line: string) => void = say) =>
      withStackLock(stack, shared(), hear, () => stack.refresh());

    it("an update of another machine is waited for, by name, and its lock is left alone", async () => {
      const timestamp = new Date().toISOString();
      const file = folder.lock({ pid: 7, username: "somebody", hostname: "another", timestamp });
      const heard: string[] = [];
      await update((line) => {
        heard.push(line);
        if (line.includes("another update")) rmSync(file); // throws if the lock is gone already
      });
      assert.match(
        heard[0] ?? "",
        /the stack dev is running \(pid 7 of somebody@another, since .*\): waiting/,
      );
    });

    it("an update that was killed is one error that says how to clear its lock; its pending operations are cleared", async () => {
      const other = await begin(60_000);
      const ended = once(other, "exit");
      other.kill("SIGKILL");
      await ended;
      const killed = new RegExp(
        `doesn't run on this machine.*pid ${other.pid}[^]*npx pulumi cancel, if no other`,
      );
      await assert.rejects(update(), killed);
      assert.equal(locksIn(folder.paths.locks).length, 1);

      const { checkpoint, ...rest } = readCheckpoint(folder.paths.file);
      const resource = { urn: "urn:pulumi:dev::project::test:index:Thing::other", type: "test:index:Thing" };
      const latest = { ...checkpoint.latest, pending_operations: [{ type: "creating", resource }] };
      writeFileSync(folder.paths.file, JSON.stringify({ ...rest, checkpoint: { ...checkpoint, latest } }));
      await stack.cancel();
      await update();
      assert.equal(readCheckpoint(folder.paths.file).checkpoint.latest?.pending_operations, undefined);
    });
  });
});
