import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { environmentWithTools, places, STACK } from "./place";
import { until } from "./until";

/** `npm run dev`, and all that it has printed. */
export class Dev {
  output = "";

  /** Starts it, and waits until the pods serve the code. */
  static async start(...options: string[]): Promise<Dev> {
    const args = ["commands/run.mjs", "dev", "--stack", STACK, ...options];
    const dev = new Dev(
      spawn(process.execPath, args, {
        cwd: places.checkout,
        env: environmentWithTools,
        stdio: ["ignore", "pipe", "pipe"],
      }),
    );
    await dev.says(/is served by/, 0, 120_000);
    return dev;
  }

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (data) => (this.output += String(data)));
    }
  }

  /**
   * Waits until something is printed behind a place in the output.
   *
   * @param withinMs in milliseconds
   */
  async says(what: RegExp, from = 0, withinMs = 30_000): Promise<RegExpExecArray> {
    const found = () => Promise.resolve(what.exec(this.output.slice(from)) ?? undefined);
    return until(`npm run dev prints ${what}`, withinMs, found);
  }

  /** Saves, and waits until pods serve it. @returns the version, and the seconds that dev says it took */
  async serves(save: () => Promise<void>): Promise<{ version: string; seconds: number }> {
    const from = this.output.length;
    await save();
    const [, version = "", seconds] = await this.says(/(dev-\w+) is served by .*, ([\d.]+) s after/, from);
    return { version, seconds: Number(seconds) };
  }

  /** Presses Ctrl-C, and waits until the release is back. */
  async stop(): Promise<void> {
    const exit = once(this.child, "exit");
    this.child.kill("SIGINT");
    assert.deepEqual(await exit, [0, null]);
  }

  /** Ends it without a chance to put anything back. */
  kill(): void {
    this.child.kill("SIGKILL");
  }
}
