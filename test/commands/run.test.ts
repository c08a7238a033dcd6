import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folderWith } from "../support/folder";

const ROOT = join(__dirname, "..", "..");

/** The script of the tests' npm: it links the packages of this checkout. */
const INSTALL = `mkdir -p node_modules && ln -sfn ${ROOT}/node_modules/esbuild ${ROOT}/node_modules/@esbuild node_modules`;

describe("npm run", () => {
  let checkout = "";
  const path = (...names: string[]) => join(checkout, ...names);
  const env = () => ({ ...process.env, PATH: `${path("bin")}:${process.env.PATH}` });

  /** A checkout with commands of the test's own, and an npm that notes how often it was called. */
  beforeEach(() => {
    checkout = folderWith({});
    for (const dir of ["commands", "common", "bin"]) mkdirSync(path(dir), { recursive: true });
    for (const file of ["commands/run.mjs", "package.json"]) copyFileSync(join(ROOT, file), path(file));
    for (const name of ["backend-password.mjs", "compile.cjs", "hand-over.mjs", "lock.mjs", "proxies.mjs"]) {
      copyFileSync(join(ROOT, "common", name), path("common", name));
    }
    writeFileSync(path("package-lock.json"), "{}");
    main("console.log(process.argv.slice(2)); process.exit(7);");
    npm(INSTALL);
  });

  /** What runs the commands. */
  function main(body: string): void {
    writeFileSync(path("commands", "index.ts"), `export function run() { ${body} }`);
  }

  function npm(body: string): void {
    writeFileSync(path("bin", "npm"), `#!/bin/sh\necho "$*" >>${path("calls")}\n${body}\n`, { mode: 0o755 });
  }

  function run(args: readonly string[], nodeArgs: readonly string[] = [], more: NodeJS.ProcessEnv = {}) {
    const all = [...nodeArgs, path("commands", "run.mjs"), ...args];
    return spawnSync(process.execPath, all, { env: { ...env(), ...more }, encoding: "utf8" });
  }

  const installs = () =>
    existsSync(path("calls")) ? readFileSync(path("calls"), "utf8").split("\n").length - 1 : 0;

  it("installs the packages once for each lock file, then runs the command", () => {
    const first = run(["greet", "--a", "b"]);
    assert.equal(first.stderr, "Installing the packages (npm ci) …\n");
    assert.deepEqual([first.status, first.stdout, installs()], [7, "[ 'greet', '--a', 'b' ]\n", 1]);
    const second = run(["greet"]);
    assert.deepEqual([second.status, second.stderr, installs()], [7, "", 1]);
    writeFileSync(path("package-lock.json"), '{ "changed": true }');
    run(["greet"]);
    assert.equal(installs(), 2);
  });

  it("has nothing but the command's output on standard output, and installs what tests need in any shell", () => {
    npm(`echo added 300 packages; ${INSTALL}`);
    const { stdout, stderr } = run(["greet"]);
    assert.deepEqual([stdout, stderr.includes("added 300 packages")], ["[ 'greet' ]\n", true]);
    assert.match(readFileSync(path("calls"), "utf8"), /^ci .*--include=dev/);
  });

  it("installs them again if it was interrupted or failed, and runs nothing", () => {
    npm("mkdir -p node_modules; echo no route >&2; exit 1");
    for (const expected of [1, 2]) {
      const { status, stdout, stderr } = run(["greet"]);
      assert.deepEqual([status, stdout, installs()], [1, "", expected]);
      assert.match(stderr, /no route\nThe packages could not be installed\.\n {2}do: {6}fix/);
    }
  });

  it("installs them once if two commands begin at the same moment", async () => {
    npm(`sleep 0.5; ${INSTALL}`);
    const both = [1, 2].map(() =>
      spawn(process.execPath, [path("commands", "run.mjs"), "greet"], { env: env() }),
    );
    const ended = await Promise.all(both.map(async (child) => (await once(child, "close")) as number[]));
    assert.deepEqual([ended.map(([code]) => code), installs()], [[7, 7], 1]);
  });

  it("refuses a Node.js that is too old, with the versions that it accepts", () => {
    const old =
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.18.1' } })";
    const { status, stderr } = run(
      ["greet"],
      ["--import", `data:text/javascript,${encodeURIComponent(old)}`],
    );
    assert.deepEqual([status, installs()], [1, 0]);
    assert.match(
      stderr,
      /^Node\.js 20\.18\.1 is too old\.\n {2}allowed: >=20\.19\n {2}do: {6}install a newer one/,
    );
  });

  it("refuses a TMPDIR that names no folder", () => {
    const { status, stderr } = run(["greet"], [], { TMPDIR: "/nonexistent" });
    assert.deepEqual([status, installs()], [1, 0]);
    assert.match(
      stderr,
      /^There is no folder .*: \/nonexistent\n {2}where: {3}TMPDIR\n {2}do: {6}unset TMPDIR/,
    );
  });

  it("lets a command reach local addresses without the proxy", () => {
    main("console.log(process.env.no_proxy)");
    const { stdout } = run(["greet"], [], { HTTPS_PROXY: "http://127.0.0.1:9" });
    assert.match(stdout, /(^|,)127\.0\.0\.1,.*192\.168\.0\.0\/16$/m);
  });

  it("keeps the password of a backend out of the URL that the Pulumi CLI prints", () => {
    main("console.log(process.env.PULUMI_BACKEND_URL)");
    const { stdout } = run(["greet"], [], { PULUMI_BACKEND_URL: "postgres://me:secret@db/state" });
    assert.equal(stdout, "postgres://me@db/state\n");
  });
});
