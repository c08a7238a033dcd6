import type { Command } from "commander";
import { clusterError } from "../../cluster/connection/kubernetes-client";
import { UserError } from "../../common/problem";
import { DEFAULT_STACK, forStack } from "../../common/stack-hints";
import { CommandError } from "../../toolchain/command";
import { endOnInterrupt } from "./interrupt";
import { parse } from "./parse";

/** The exports of each command's file in commands/. */
export interface CommandModule {
  /** Its options and its help. */
  readonly command: Command;
  /**
   * @param options as `command` has parsed them
   * @returns the exit code, if it isn't 0
   */
  run(this: void, options: object): Promise<number | void>;
}

type Commands = Readonly<Record<string, () => Promise<CommandModule>>>;

/** Runs the command that was typed, prints its error, and ends the process with its exit code. */
export async function main(commands: Commands, [name = "", ...args]: readonly string[]): Promise<never> {
  endOnInterrupt();
  // Work beside the failed step could go on for long.
  process.exit(await runNamed(commands, name, args));
}

async function runNamed(commands: Commands, name: string, args: readonly string[]): Promise<number> {
  let options: { readonly stack?: string } = {};
  try {
    const { command, run } = await find(commands, name);
    options = parse(command, args, process.env);
    return (await run(options)) ?? 0;
  } catch (error) {
    console.error(`\n${forStack(formatError(error), options.stack ?? DEFAULT_STACK)}`);
    return 1;
  }
}

function find(commands: Commands, name: string): Promise<CommandModule> {
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load !== undefined) return load();
  throw new UserError({
    what: `There is no command ${name}.`,
    allowed: Object.keys(commands).join(", "),
    todo: "npm run, which lists them",
  });
}

/** A UserError is printed as its message. Every other error is a bug, and is printed with its stack. */
function formatError(error: unknown): string {
  const readable = clusterError(error) ?? error;
  if (readable instanceof UserError) return readable.message;
  if (error instanceof CommandError) {
    return `${error.message}\n  do:      fix the error above, then run the same command again: it goes on from here`;
  }
  // The error of a failed engine command. Its class isn't imported: that would take a third of a second.
  const { commandResult: result } = Object(error) as { commandResult?: { stdout: string; stderr: string } };
  if (result !== undefined) {
    const what = `Pulumi failed: ${(result.stderr || result.stdout).trim()}`;
    return new UserError({ what, todo: "fix the error above, then run the same command again" }).message;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
