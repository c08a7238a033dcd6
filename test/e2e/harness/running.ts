import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { environmentWithTools, places, STACK } from "./place";
import { until } from "./until";

/** Where a command runs, and for which stack. */
interface Place {
  readonly stack: string;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A command that runs until Ctrl-C, and all that it has printed. */
export class Running {
  output = "";
  readonly #child: ChildProcess;

  /** Starts `npm run <name>`, for the tests' stack unless told otherwise. */
  constructor(
    private readonly name: string,
    options: readonly string[] = [],
    { stack, ...place }: Place = { stack: STACK, cwd: places.checkout, env: environmentWithTools },
  ) {
    const args = ["commands/run.mjs", name, "--stack", stack, ...options];
    this.#child = spawn(process.execPath, args, { ...place, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on("data", (data) => (this.output += String(data)));
    }
  }

  /**
   * Waits until the output matches, from a position on.
   *
   * @param withinMs in milliseconds
   */
  async says(what: RegExp, from = 0, withinMs = 30_000): Promise<RegExpExecArray> {
    const found = () => Promise.resolve(what.exec(this.output.slice(from)) ?? undefined);
    return until(`npm run ${this.name} prints ${what}`, withinMs, found);
  }

  /** Presses Ctrl-C, and waits until it has exited with 0. */
  async stop(): Promise<void> {
    const exit = once(this.#child, "exit");
    this.#child.kill("SIGINT");
    assert.deepEqual(await exit, [0, null]);
  }

  /** Kills it, so that it can't put anything back. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }
}
