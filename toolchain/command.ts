import { x } from "tinyexec";
import type { Say } from "./step";

/** How much of a failed command's output is kept for its error. */
const TAIL_LINES = 20;

export interface CommandOptions {
  /** Added to the environment of this process. */
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
    super(`${command} ended with ${exitCode === undefined ? "a signal" : `exit code ${exitCode}`}\n${tail}`);
    this.name = "CommandError";
  }
}

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
    ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
    nodePath: false,
    nodeOptions: {
      stdio: ["ignore", "pipe", "pipe"],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.env === undefined ? {} : { env: options.env }),
    },
  });
  try {
    for await (const line of child) {
      lines.push(line);
      options.say?.(line);
    }
  } catch (error) {
    return { exitCode: child.exitCode ?? -1, output: [...lines, String(error)].join("\n") };
  }
  return { exitCode: child.exitCode, output: lines.join("\n") };
}
