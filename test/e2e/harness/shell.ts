import assert, { AssertionError } from "node:assert/strict";
import { attempt } from "../../../toolchain/command";
import { environmentWithTools, places, PROFILE } from "./place";

/** The folder of a command, and its time limit. */
export interface ShellOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Milliseconds. */
  readonly timeout?: number;
}

/** Far more than any command takes once the tools are installed. */
const TIMEOUT_MS = 180_000;

/**
 * Runs a command line as a person types it, in the copy of the checkout. Words are split at spaces; there is no
 * shell and no quoting.
 *
 * @returns all that it printed
 * @throws AssertionError with all that it printed, if it fails
 */
export async function succeeds(line: string, options: ShellOptions = {}): Promise<string> {
  const { exitCode, output } = await call(line, options);
  if (exitCode === 0) return output;
  throw new AssertionError({ message: `${line}\n  ended with ${exitCode ?? "a signal"}:\n\n${output}\n` });
}

/**
 * Runs a command line that must fail.
 *
 * @returns all that it printed
 * @throws AssertionError with all that it printed, if it succeeds, hangs or dies of a bug
 */
export async function fails(line: string, options: ShellOptions = {}): Promise<string> {
  const { exitCode, output } = await call(line, options);
  // Users get a sentence: a stack trace is a bug.
  const isBug = /^\s+at .+:\d+:\d+\)?$/m.test(output);
  if (exitCode !== undefined && exitCode > 0 && !isBug) return output;
  const how = isBug ? "failed with a stack trace" : `ended with ${exitCode ?? "a signal"}, not with an error`;
  throw new AssertionError({ message: `${line}\n  ${how}:\n\n${output}\n` });
}

/** Runs kubectl for the tests' cluster. @returns all that it printed */
export function kubectl(line: string): Promise<string> {
  return succeeds(`kubectl --context ${PROFILE} ${line}`);
}

function call(line: string, options: ShellOptions) {
  const [file = "", ...args] = line.split(" ");
  return attempt(file, args, {
    cwd: options.cwd ?? places.checkout,
    env: options.env ?? environmentWithTools,
    timeout: options.timeout ?? TIMEOUT_MS,
  });
}

/**
 * Deploys and destroys a stack that has nothing deployed by the three commands of Pulumi, as they are.
 *
 * @param meanwhile what is done while ten pods run
 */
export async function pulumiAlone(
  stack: string,
  env: NodeJS.ProcessEnv = environmentWithTools,
  meanwhile = async (): Promise<void> => {},
): Promise<void> {
  const pulumi = (line: string) => succeeds(`npx pulumi ${line} --stack ${stack}`, { env });
  assert.match(await pulumi("up --yes"), /\+ \d+ created/);
  await pulumi("config set replicas 10");
  assert.match(await pulumi("up --yes"), /1 updated/);
  await meanwhile();
  assert.match(await pulumi("destroy --yes"), /- \d+ deleted/);
}

/** The last line that isn't empty. */
export function lastLine(output: string): string {
  return output.trimEnd().split("\n").at(-1) ?? "";
}
