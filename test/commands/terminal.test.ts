import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { buildSync } from "esbuild";
import { folderWith } from "../support/folder";

const ROOT = join(__dirname, "..", "..");

describe("the steps of a command", () => {
  const program = join(folderWith({}), "it.cjs");

  before(() => {
    const contents = `
       import { Command } from "commander";
       import { runStep } from "./commands/terminal/steps";
       import { run as runProgram } from "./toolchain/command";
       import { UserError } from "./common/problem";
       import { main } from "./commands/terminal/main";
       const command = new Command("npm run it --").option("--stack <name>", "", "dev");
       const { constructor: AsyncFunction } = async () => {};
       const steps = new AsyncFunction("runStep", "runProgram", "UserError", process.env.STEPS);
       const run = () => steps(runStep, runProgram, UserError);
       void main({ it: () => Promise.resolve({ command, run }) }, process.argv.slice(2));`;
    buildSync({
      stdin: { contents, sourcefile: "it.ts", loader: "ts", resolveDir: ROOT },
      bundle: true,
      platform: "node",
      target: "node20",
      sourcemap: "inline",
      outfile: program,
    });
  });

  /** Runs a command in a process of its own, with its output in a log. */
  async function command(
    steps: string,
    onOutput?: (kill: (signal: NodeJS.Signals) => void) => void,
    typed = ["it"],
  ) {
    const args = ["--enable-source-maps", program, ...typed];
    const child = spawn(process.execPath, args, { cwd: ROOT, env: { ...process.env, STEPS: steps } });
    let out = "";
    child.stdout.on("data", (data: Buffer) => {
      if (out === "") onOutput?.((signal) => child.kill(signal));
      out += data.toString();
    });
    const [err, [code]] = await Promise.all([
      text(child.stderr),
      once(child, "close") as Promise<[number | null]>,
    ]);
    return { code, out, err };
  }

  const second = 'await runStep("Second", () => Promise.resolve(2), (two) => `reached ${two}`)';

  it("are plain lines in a log: each step, its notices and its result", async () => {
    const { code, out, err } = await command(
      `const version = await runStep("First", async (say) => {
         say("busy");
         say("another way is taken", "notice");
         return "1.2.3";
       }, (version) => version + " (cache)");
       ${second};
       console.log("returned", version)`,
    );
    assert.deepEqual([code, err], [0, ""]);
    assert.match(out, /First: another way is taken\n/);
    assert.match(out, /First: 1\.2\.3 \(cache\)[^]*Second: reached 2 .*\n[^]*returned 1\.2\.3\n$/);
    assert.ok(!out.includes("busy") && !out.includes("\u001b"), out);
  });

  it("end with the first that fails: the last lines of its command, what to do, and exit code 1", async () => {
    const { code, out, err } = await command(
      `await runStep("First", () => runProgram("sh", ["-c", "echo some; echo trouble >&2; exit 3"])); ${second}`,
    );
    assert.equal(code, 1);
    assert.doesNotMatch(out, /reached/);
    assert.match(
      err,
      /^✖ First \[FAILED: see below\]\n\nsh -c .* ended with exit code 3\n(some\ntrouble|trouble\nsome)\n {2}do: {6}fix the error/,
    );
    assert.doesNotMatch(err, /\n\s+at /, "no stack");
  });

  it("print a UserError as it is", async () => {
    const { code, err } = await command(
      'await runStep("First", () => Promise.reject(new UserError({ what: "it is so", todo: "do this" })))',
    );
    assert.deepEqual([code, err], [1, "✖ First [FAILED: see below]\n\nit is so\n  do:      do this\n"]);
  });

  it("say which commands there are if there is none of the name", async () => {
    const { code, err } = await command(second, undefined, ["at"]);
    assert.deepEqual(
      [code, err],
      [1, "\nThere is no command at.\n  allowed: it\n  do:      npm run, which lists them\n"],
    );
  });

  it("print what the engine says if it can't do its work", async () => {
    const { err } = await command(
      'const commandResult = { stdout: "", stderr: "error: read-only file system\\n" };' +
        'await runStep("First", () => Promise.reject(Object.assign(new Error("code: 1"), { commandResult })))',
    );
    assert.match(err, /\n\nPulumi failed: error: read-only file system\n {2}do: {6}fix the error above.*\n$/);
  });

  it("print a bug with its stack", async () => {
    const { code, err } = await command(
      'await runStep("First", () => Promise.reject(new TypeError("a bug")))',
    );
    assert.equal(code, 1);
    assert.match(err, /\n\nTypeError: a bug\n(\s+at .*\n)*?\s+at .*\.ts:/);
  });

  it("do not wait for work beside the step that failed", async () => {
    const { code } = await command(
      'await runStep("First", () => Promise.all([runProgram("sleep", ["60"]), Promise.reject(new Error("now"))]))',
    );
    assert.equal(code, 1);
  });

  it("end at once on Ctrl-C, and say that the same command goes on", async () => {
    const { code, err } = await command(
      'await runStep("First", (say) => { say("waiting", "notice"); return runProgram("sleep", ["60"]); })',
      (kill) => kill("SIGINT"),
    );
    assert.deepEqual([code, err], [130, "\nInterrupted (SIGINT). The same command goes on from here.\n"]);
  });
});
