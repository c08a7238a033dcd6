import { constants } from "node:os";
import { UserError } from "../../common/problem";
import { CommandError } from "../../toolchain/command";

/** What a shell adds to a signal's number for the exit code of a command that it ended. */
const SIGNALLED = 128;

/** Runs a command's body: what a person should read is printed as it is, anything else with its stack. */
export async function main(body: () => Promise<void>): Promise<void> {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, interrupted);
  try {
    await body();
  } catch (error) {
    console.error(`\n${readable(error)}`);
    // At once: what was done beside the step that failed would go on for long.
    process.exit(1);
  }
}

function interrupted(signal: NodeJS.Signals): void {
  // The live list hides the cursor.
  if (process.stdout.isTTY) process.stdout.write("\u001b[?25h");
  console.error(`\nInterrupted (${signal}). The same command goes on from here.`);
  process.exit(SIGNALLED + constants.signals[signal]);
}

function readable(error: unknown): string {
  if (error instanceof UserError) return error.message;
  if (error instanceof CommandError) {
    return `${error.message}\n  do:      mend what it says above, then run the same command again: it goes on from here`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
