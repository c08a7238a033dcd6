import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { LocalWorkspace, PulumiCommand, type Stack } from "@pulumi/pulumi/automation";
import { inTurn, settleState } from "../../../commands/state";
import { readCheckpoint } from "../../../commands/state/checkpoint";
import { locksIn } from "../../../commands/state/locks";
import { whileLocked } from "../../../commands/state/own-lock";
import { find } from "../../../toolchain/acquire";
import { readMachine } from "../../../toolchain/machine";
import { hostTools } from "../../../toolchain/tools";
import { until } from "../../e2e/harness/until";
import { StateFolder } from "./folder";

const ROOT = dirname(dirname(dirname(__dirname)));

/** Declares one thing, and takes its time. */
const PROGRAM = `
const pulumi = require("@pulumi/pulumi");
new pulumi.ComponentResource("test:index:Thing", process.env.THING ?? "thing");
module.exports = new Promise((resolve) => setTimeout(() => resolve({ done: true }), Number(process.env.TAKES ?? 0)));
`;

describe("the engine itself, and what sees to its state", function () {
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
      this.skip();
    } else pulumi = join(found.dir, "pulumi");
  });
  beforeEach(async () => {
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
    stack = await LocalWorkspace.createOrSelectStack(
      { stackName: "dev", workDir: folder.root },
      { pulumiCommand, envVars: ours(workspace.envVars) },
    );
  });
  afterEach(() => {
    running?.kill("SIGKILL");
    folder.remove();
  });

  const ours = (more: Record<string, string> = {}): Record<string, string> => ({
    ...more,
    PULUMI_BACKEND_URL: `file://${folder.root}`,
    PULUMI_CONFIG_PASSPHRASE: "",
    PULUMI_HOME: join(folder.root, "home"),
  });

  const told: string[] = [];
  const options = () => ({ env: ours(), unheard: "forget" }) as const;
  const up = () =>
    inTurn(
      stack,
      options(),
      (line) => void told.push(line),
      () => stack.up(),
    );

  /** `pulumi up` that takes so many milliseconds, at work, with its lock. */
  async function begin(milliseconds: number): Promise<ChildProcess> {
    running = spawn(pulumi, ["up", "--yes", "--skip-preview", "--stack", "dev"], {
      cwd: folder.root,
      env: { ...process.env, ...ours(), TAKES: String(milliseconds) },
      stdio: "ignore",
    });
    await until("it has its lock", 20_000, () => Promise.resolve(locksIn(folder.place.locks)[0]));
    return running;
  }

  it("the engine lets nobody in while we hold the stack", () => {
    const said = { stderr: "" };
    const line = ["up", "--yes", "--skip-preview", "--stack", "dev"];
    assert.ok(
      whileLocked(folder.place.locks, () => {
        const env = { ...process.env, ...ours() };
        said.stderr = spawnSync(pulumi, line, { cwd: folder.root, env, encoding: "utf8" }).stderr;
      }),
    );
    assert.match(said.stderr, /currently locked by 1 lock/);
  });

  it("an update waits for one that runs, and says for whom", async () => {
    const other = await begin(3_000);
    await up();
    assert.equal(other.exitCode, 0, "the other had ended");
    assert.match(told.join("\n"), new RegExp(`the stack dev is running \\(pid ${other.pid} of .*: waiting`));
  });

  it("an update after one that was killed goes on at once", async () => {
    (await begin(60_000)).kill("SIGKILL");
    await until("it is gone", 5_000, () => Promise.resolve(running?.signalCode ?? undefined));
    await up();
    assert.deepEqual(locksIn(folder.place.locks), []);
  });

  it("two updates at the same moment both succeed, one after the other", async () => {
    const all = await Promise.all([up(), up()]);
    assert.deepEqual(
      all.map(({ outputs }) => outputs.done?.value as unknown),
      [true, true],
    );
    const { checkpoint } = readCheckpoint(folder.place.file);
    assert.equal(checkpoint.latest?.resources?.length, 2, "the stack, and its one thing");
  });

  it("a state that is cut off, which the engine can't read, comes back whole", async () => {
    await up();
    const whole = readFileSync(folder.place.file, "utf8");
    truncateSync(folder.place.file, 200);
    await assert.rejects(stack.exportStack(), /unexpected end of JSON/);
    await settleState(stack.workspace, "dev", options(), () => {});
    assert.equal(readFileSync(folder.place.file, "utf8"), whole);
    const { summary } = await up();
    assert.deepEqual(summary.resourceChanges, { same: 2 });
  });
});
