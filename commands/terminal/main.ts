// What commands/run.mjs starts once the packages are there: runs commands/<name>.ts, prints its error, ends with its
// exit code.
import type { Command } from "commander";
import { UserError } from "../../common/problem";
import { DEFAULT_STACK, forStack } from "../../common/stack-hints";
import { CommandError } from "../../toolchain/command";
import { endOnInterrupt } from "./interrupt";
import { parse } from "./parse";

/** What each file of commands/ exports. */
interface CommandModule {
  /** Its options, and its help. */
  readonly command: Command;
  /** @returns the exit code, if it isn't 0 */
  readonly run: (options: object) => Promise<number | void>;
}

async function main([name = "", ...args]: readonly string[]): Promise<number> {
  endOnInterrupt();
  let options: { readonly stack?: string } = {};
  try {
    const { command, run } = (await import(`../${name}.js`)) as CommandModule;
    options = parse(command, args, process.env);
    return (await run(options)) ?? 0;
  } catch (error) {
    console.error(`\n${forStack(formatError(error), options.stack ?? DEFAULT_STACK)}`);
    return 1;
  }
}

/** What a person should read is printed as it is. Everything else is a bug, and has its stack. */
function formatError(error: unknown): string {
  if (error instanceof UserError) return error.message;
  if (error instanceof CommandError) {
    return `${error.message}\n  do:      fix what it says above, then run the same command again: it goes on from here`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

// At once: what was begun beside a step that failed would go on for long.
void main(process.argv.slice(2)).then((code) => process.exit(code));
