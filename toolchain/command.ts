import { x } from "tinyexec";
import type { Say } from "./step";

/** The exit code of a command that can't be started. */
const NOT_STARTED = -1;

/** How much of a failed command's output is kept for its error. */
const TAIL_LINES = 20;

export interface CommandOptions {
  /** Added to the environment of this process. Its PATH is where the command is looked for. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Is told each line of output as it comes. */
  readonly say?: Say;
  /** Ends the command after this many milliseconds. */
  readonly timeout?: number;
}

/** A command that ended badly. `tail` is the end of what it printed. */
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

/** The commands that have not ended. None of them works on behind the back of a process that is gone. */
const running = new Set<ReturnType<typeof x>>();
process.on("exit", () => running.forEach((child) => child.kill()));

/**
 * Runs a command to its end.
 *
 * @returns what it printed on standard output and standard error, line by line in the order it came
 * @throws CommandError if it can't be started, is ended by a signal or time-out, or exits with anything but 0
 */
export async function run(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { exitCode, output } = await attempt(file, args, options);
  if (exitCode === 0) return output;
  throw new CommandError(
    [file, ...args].join(" "),
    exitCode,
    output.split("\n").slice(-TAIL_LINES).join("\n"),
  );
}

/** Runs a command to its end, whatever its exit code; -1 where it can't be started. */
export async function attempt(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<{ exitCode: number | undefined; output: string }> {
  const lines: string[] = [];
  const child = x(file, [...args], {
    nodePath: false,
    nodeOptions: {
      stdio: ["ignore", "pipe", "pipe"],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.env === undefined ? {} : { env: options.env }),
    },
  });
  running.add(child);
  const timer = options.timeout === undefined ? undefined : endAfter(child, options.timeout, lines);
  try {
    for await (const line of child) {
      lines.push(line);
      options.say?.(line);
    }
    return { exitCode: child.exitCode, output: lines.join("\n") };
  } catch (error) {
    return { exitCode: NOT_STARTED, output: whyNotStarted(file, error as NodeJS.ErrnoException) };
  } finally {
    clearTimeout(timer);
    running.delete(child);
  }
}

/** Ends a command, and does not wait for its own children, which may hold on to its output. */
function endAfter(child: ReturnType<typeof x>, timeout: number, lines: string[]): NodeJS.Timeout {
  return setTimeout(() => {
    child.kill("SIGKILL");
    child.process?.stdout?.destroy();
    child.process?.stderr?.destroy();
    lines.push(`no answer within ${timeout / 1000} s`);
  }, timeout);
}

function whyNotStarted(file: string, error: NodeJS.ErrnoException): string {
  if (error.code !== "ENOENT") return String(error);
  return file.includes("/") ? `${file} is not there` : `${file} is not on PATH`;
}
