import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Say } from "./step";

/** The exit code of a command that can't be started. */
const NOT_STARTED = -1;

/** How many lines of a failed command's output its error shows. */
const TAIL_LINES = 20;

export interface CommandOptions {
  /** Variables to add to the environment of this process. Its PATH is searched for the command. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Gets each line of output at once. */
  readonly say?: Say;
  /** The time after which the command is killed, in milliseconds. */
  readonly timeout?: number;
}

/** A command has failed. `tail` is the end of its output. */
export class CommandError extends Error {
  constructor(
    command: string,
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

/** The running commands. They are ended with this process. */
const running = new Set<ChildProcess>();
process.on("exit", () => running.forEach((child) => child.kill()));

/**
 * Runs a command to its end.
 *
 * @returns its standard output
 * @throws CommandError if it can't be started, is ended by a signal or the timeout, or has another exit code than 0
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

/** The exit code and the output of a command. */
export interface Ending {
  /** -1 if the command could not be started, undefined if a signal ended it. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  /** Standard output and standard error, in the order of their lines. */
  readonly output: string;
}

/** Runs a command to its end. Returns normally for any exit code. */
export async function attempt(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<Ending> {
  const { cwd, env } = options;
  const child = spawn(file, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const out: string[] = [];
  const all: string[] = [];
  const record = (line: string) => {
    all.push(line);
    options.say?.(line);
  };
  forEachLine(child.stdout, (line) => void out.push(line), record);
  forEachLine(child.stderr, record);
  const timer = options.timeout === undefined ? undefined : killAfter(child, options.timeout, record);
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

/** Calls the listeners with each line of a stream. */
function forEachLine(stream: Readable, ...listeners: readonly ((line: string) => void)[]): void {
  const lines = createInterface({ input: stream });
  listeners.forEach((listener) => lines.on("line", listener));
}

/** Kills a command after a timeout. Doesn't wait for its children, which may keep its output open. */
function killAfter(child: ChildProcess, timeout: number, record: (line: string) => void): NodeJS.Timeout {
  return setTimeout(() => {
    child.kill("SIGKILL");
    child.stdout?.destroy();
    child.stderr?.destroy();
    record(`no answer within ${timeout / 1000} s`);
  }, timeout);
}

function whyNotStarted(file: string, error: NodeJS.ErrnoException): string {
  if (error.code !== "ENOENT") return String(error);
  return file.includes("/") ? `${file} is not there` : `${file} is not on PATH`;
}
