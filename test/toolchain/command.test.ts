import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { attempt, CommandError, run } from "../../toolchain/command";
import { useSandbox } from "../support/sandbox";

describe("a command", () => {
  const sandbox = useSandbox();

  it("passes on each line as it comes, and returns its standard output at its end", async () => {
    const file = sandbox().script("talk", "printf out; printf err >&2; echo put; echo or >&2; printf end");
    const output = await run(file, [], { say: sandbox().say });
    assert.deepEqual(sandbox().said.sort(), ["end", "error", "output"]);
    assert.equal(output, "output\nend");
  });

  it("is looked for on the PATH that it gets", async () => {
    sandbox().script("only-here", 'echo "$GREETING"');
    const env = { ...sandbox().machine.env, GREETING: "hello" };
    assert.equal(await run("only-here", [], { env }), "hello");
  });

  it("fails with its exit code and the end of its output", async () => {
    const file = sandbox().script(
      "fail",
      "i=0; while [ $i -lt 30 ]; do i=$((i+1)); echo line $i; done; exit 3",
    );
    await assert.rejects(run(file, ["a", "b"]), (error: Error) => {
      assert.ok(error instanceof CommandError);
      assert.equal(error.exitCode, 3);
      assert.match(error.message, /fail a b ended with exit code 3\nline 11\n[^]*\nline 30$/);
      return true;
    });
  });

  it("fails if a signal ends it", async () => {
    const file = sandbox().script("die", "kill -9 $$");
    await assert.rejects(run(file, []), /die was ended by a signal/);
    assert.equal((await attempt(file, [])).exitCode, undefined);
  });

  it("says what is missing if it can't be started", async () => {
    const { env } = sandbox().machine;
    const { exitCode, output } = await attempt("nothing", [], { env });
    assert.deepEqual([exitCode, output], [-1, "nothing is not on PATH"]);
    await assert.rejects(
      run("/no/thing", [], { env }),
      /^CommandError: \/no\/thing can't be started\n.*not there$/,
    );
  });

  it("is ended when its time is over, even if a process that it started keeps its output open", async () => {
    const file = sandbox().script("hang", "echo begun; sleep 20 & sleep 20");
    const started = Date.now();
    const { exitCode, output } = await attempt(file, [], { timeout: 200 });
    assert.deepEqual([exitCode, output], [undefined, "begun\nno answer within 0.2 s"]);
    assert.ok(Date.now() - started < 5_000);
  });

  it("does not outlive the process that started it", async () => {
    const { root } = sandbox();
    const hang = sandbox().script(
      "hang",
      `trap 'touch ${root}/ended; exit' TERM; while :; do sleep 0.02; done`,
    );
    const module = join(__dirname, "..", "..", "toolchain", "command.ts");
    const starter = sandbox().file(
      join(root, "starter.cjs"),
      `void require(${JSON.stringify(module)}).run(${JSON.stringify(hang)}, []); setTimeout(() => process.exit(7), 300);`,
    );
    assert.equal(spawnSync(process.execPath, ["--import", "tsx", starter], { cwd: process.cwd() }).status, 7);
    while (!existsSync(join(root, "ended"))) await new Promise((resolve) => setTimeout(resolve, 20));
  });
});
