import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { x } from "tinyexec";
import { environment, places, STACK } from "./place";

/** How often to check whether a moment has come, in milliseconds: some moments are short. */
const LOOK_MS = 5;

/** A process of this machine. */
interface Process {
  readonly pid: number;
  readonly parent: number;
  /** Its whole command line. */
  readonly line: string;
}

/** A running `npm run up`, to be watched and killed. */
export class RunningUp {
  /** Its output so far. */
  output = "";
  /** Set once it and all its children have ended. */
  ended = false;
  readonly #child: ChildProcess;
  readonly #close: Promise<unknown>;

  constructor(stack = STACK, env = environment) {
    this.#child = spawn("npm", ["run", "up", "--", "--stack", stack], {
      cwd: places.checkout,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on("data", (data: Buffer) => (this.output += data.toString()));
    }
    this.#close = once(this.#child, "close").then(() => (this.ended = true));
  }

  /** Waits until a moment of the run has come. */
  async reach(name: string, come: (up: this) => boolean | Promise<boolean>): Promise<void> {
    while (!(await come(this))) {
      assert.ok(!this.ended, `it ended before the moment came (${name}):\n${this.output}`);
      await sleep(LOOK_MS);
    }
  }

  /** Waits until it has ended. Returns its exit code; null after a signal. */
  async end(): Promise<number | null> {
    await this.#close;
    return this.#child.exitCode;
  }

  /** Its process and all its descendants, itself first. */
  tree(): Promise<Process[]> {
    return withDescendants(this.#child.pid ?? 0);
  }

  /** Kills all of them at once, as a power cut would. */
  async killAll(): Promise<void> {
    for (const { pid } of await this.tree()) killIfThere(pid);
    await this.#close;
  }

  /** Kills only the process with this command line. */
  async killOne(line: RegExp): Promise<void> {
    const found = (await this.tree()).find((one) => line.test(one.line));
    if (found === undefined) throw new Error(`no process ${String(line)} works for npm run up`);
    killIfThere(found.pid);
  }
}

async function withDescendants(root: number): Promise<Process[]> {
  const { stdout } = await x("ps", ["-A", "-ww", "-o", "pid=,ppid=,args="]);
  const all = [...stdout.matchAll(/^ *(\d+) +(\d+) (.*)$/gm)].map(([, pid, parent, line = ""]): Process => {
    return { pid: Number(pid), parent: Number(parent), line };
  });
  const found = all.filter(({ pid }) => pid === root);
  for (const one of found) found.push(...all.filter(({ parent }) => parent === one.pid));
  return found;
}

/** Kills a process, unless it has ended already. */
function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
