import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { x } from "tinyexec";
import type { Say } from "./step";

/** The exit code of a command that can't be started. */
const NOT_STARTED = -1;

/** How many lines of a failed command's output its error shows. */
const TAIL_LINES = 20;

export interface CommandOptions {
  /** Added to the environment of this process. Its PATH is where the command is looked for. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Gets each line of output as it comes. */
  readonly say?: Say;
  /** Ends the command after this many milliseconds. */
  readonly timeout?: number;
}

/** A command that failed. `tail` is the end of its output. */
export class CommandError extends Error {
  constructor(
    readonly command: string,
    readonly exitCode: number | undefined,
    readonly tail: string,
  ) {
    super(`${command} ${howItEnded(exitCode)}\n${tail}`);
    this.name = "CommandError";
  }
}

function howItEnded(exitCode: number | undefined): string {
  if (exitCode === undefined) return "was ended by a signal";
  return exitCode === NOT_STARTED ? "can't be started" : `ended with exit code ${exitCode}`;
}

/** The commands that are running. They are ended with this process. */
const running = new Set<ChildProcess>();
process.on("exit", () => running.forEach((child) => child.kill()));

/**
 * Runs a command to its end.
 *
 * @returns what it printed on standard output
 * @throws CommandError if it can't be started, is ended by a signal or time-out, or exits with anything but 0
 */
export async function run(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { exitCode, output, stdout } = await attempt(file, args, options);
  if (exitCode === 0) return stdout;
  throw new CommandError(
    [file, ...args].join(" "),
    exitCode,
    output.split("\n").slice(-TAIL_LINES).join("\n"),
  );
}

/** How a command ended, and what it printed. */
export interface Ending {
  /** -1 if it could not be started, undefined if a signal ended it. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  /** Standard output and standard error, line by line as they came. */
  readonly output: string;
}

/** Runs a command to its end, whatever its exit code. */
export async function attempt(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<Ending> {
  const child = start(file, args, options);
  const out: string[] = [];
  const all: string[] = [];
  const note = (line: string) => {
    all.push(line);
    options.say?.(line);
  };
  forEachLine(child.stdout, (line) => void out.push(line), note);
  forEachLine(child.stderr, note);
  const timer = options.timeout === undefined ? undefined : endAfter(child, options.timeout, note);
  running.add(child);
  try {
    await once(child, "close");
    return { exitCode: child.exitCode ?? undefined, stdout: out.join("\n"), output: all.join("\n") };
  } catch (error) {
    return { exitCode: NOT_STARTED, stdout: "", output: whyNotStarted(file, error as NodeJS.ErrnoException) };
  } finally {
    clearTimeout(timer);
    running.delete(child);
  }
}

function start(file: string, args: readonly string[], { cwd, env }: CommandOptions): ChildProcess {
  const { process: child } = x(file, [...args], {
    nodePath: false,
    nodeOptions: {
      stdio: ["ignore", "pipe", "pipe"],
      ...(cwd === undefined ? {} : { cwd }),
      ...(env === undefined ? {} : { env }),
    },
  });
  if (child === undefined) throw new Error(`${file} has not been started`);
  return child;
}

/** Calls the listeners with each line of this stream. Lines of two streams are never mixed. */
function forEachLine(stream: Readable | null, ...listeners: readonly ((line: string) => void)[]): void {
  if (stream === null) return;
  const lines = createInterface({ input: stream });
  listeners.forEach((listener) => lines.on("line", listener));
}

/** Ends a command without waiting for its children, which may keep its output open. */
function endAfter(child: ChildProcess, timeout: number, note: (line: string) => void): NodeJS.Timeout {
  return setTimeout(() => {
    child.kill("SIGKILL");
    child.stdout?.destroy();
    child.stderr?.destroy();
    note(`no answer within ${timeout / 1000} s`);
  }, timeout);
}

function whyNotStarted(file: string, error: NodeJS.ErrnoException): string {
  if (error.code !== "ENOENT") return String(error);
  return file.includes("/") ? `${file} is not there` : `${file} is not on PATH`;
}
