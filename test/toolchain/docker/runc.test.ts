import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { namesIn, useSandbox } from "../../support/sandbox";

const WRAPPER = join(__dirname, "..", "..", "..", "toolchain", "docker", "runc-without-sys-resource");

const softened = {
  args: ["sh"],
  capabilities: { bounding: ["CAP_CHOWN"], effective: [], ambient: [] },
};
const asked = {
  args: ["sh"],
  capabilities: {
    bounding: ["CAP_CHOWN", "CAP_SYS_RESOURCE"],
    effective: ["CAP_SYS_RESOURCE"],
    ambient: [],
  },
  rlimits: [{ type: "RLIMIT_NOFILE", hard: 1_048_576, soft: 1_048_576 }],
  oomScoreAdj: -998,
};

describe("the wrapper before runc", () => {
  const sandbox = useSandbox();
  const bundle = () => join(sandbox().root, "bundle");

  before(function () {
    // If the wrapper is needed, jq is installed with it.
    if (spawnSync("bash", ["-c", "command -v jq"]).status !== 0) this.skip();
  });

  /** Runs a copy of the wrapper whose runc is a script that notes its arguments. */
  function run(...args: string[]): { status: number | null; stderr: string } {
    const paths = /for runc in (.*); do/.exec(readFileSync(WRAPPER, "utf8"))?.[1] ?? "no such line";
    const text = readFileSync(WRAPPER, "utf8").replace(paths, `${sandbox().root}/none ${sandbox().bin}/runc`);
    const wrapper = sandbox().file(join(sandbox().root, "wrapper"), text, 0o755);
    return spawnSync(wrapper, args, { cwd: bundle(), encoding: "utf8" });
  }

  function config(process: object = asked): void {
    const whole = { ociVersion: "1.0.2", process, root: { path: "rootfs" } };
    sandbox().file(join(bundle(), "config.json"), JSON.stringify(whole), 0o640);
  }

  function processIn(file = "config.json"): unknown {
    const json = JSON.parse(readFileSync(join(bundle(), file), "utf8")) as { process?: unknown };
    return json.process ?? json;
  }

  beforeEach(() => {
    sandbox().script("runc", `echo "$*" >${sandbox().root}/calls; exit 42`);
    config();
  });

  const creations: readonly (readonly [how: string, args: (bundle: string) => string[]])[] = [
    ["create --bundle", (dir) => ["--root", "/run/runc", "create", "--bundle", dir, "name"]],
    ["create --bundle=", (dir) => ["--log-format", "json", "create", `--bundle=${dir}`, "name"]],
    ["run -b", (dir) => ["run", "-b", dir, "name"]],
    ["run in the bundle's own folder", () => ["run", "name"]],
  ];
  for (const [how, args] of creations) {
    it(`takes out of a container's bundle what needs the capability: ${how}`, () => {
      const { status } = run(...args(bundle()));
      assert.equal(status, 42, "runc's own exit code");
      assert.deepEqual(processIn(), softened);
      assert.deepEqual(sandbox().lines("calls"), [args(bundle()).join(" ")]);
      assert.deepEqual(namesIn(bundle()), ["config.json"]);
    });
  }

  it("does the same to the process that exec is given, and nothing to the bundle", () => {
    sandbox().file(join(bundle(), "process.json"), JSON.stringify(asked));
    run("exec", "--process", join(bundle(), "process.json"), "create");
    assert.deepEqual([processIn("process.json"), processIn()], [softened, asked]);
  });

  it("leaves a bundle that asks for nothing of it, and every other command, as they are", () => {
    config({ args: ["sh"], oomScoreAdj: 500 });
    run("run", "name");
    assert.deepEqual(processIn(), { args: ["sh"], oomScoreAdj: 500 });
    config();
    run("kill", "name", "9");
    assert.deepEqual(processIn(), asked);
  });

  it("does not start a container that it could not edit", () => {
    sandbox().file(join(bundle(), "config.json"), "not JSON");
    assert.notEqual(run("run", "name").status, 42);
  });

  it("fails if there is no runc", () => {
    rmSync(join(sandbox().bin, "runc"));
    const { status, stderr } = run("list");
    assert.equal(status, 127);
    assert.match(stderr, /runc is not there/);
  });
});
