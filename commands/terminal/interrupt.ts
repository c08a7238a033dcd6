import { constants } from "node:os";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** What a shell adds to a signal's number for the exit code of a command that it ended. */
const SIGNALLED = 128;

/** On Ctrl-C or SIGTERM, says that the same command goes on from there, and ends. */
export function endOnInterrupt(): void {
  for (const signal of SIGNALS) process.once(signal, interrupted);
}

/**
 * On Ctrl-C or SIGTERM, calls `end`: for commands that usually end this way.
 * The second signal ends it at once.
 */
export function onInterrupt(end: (signal: "SIGINT" | "SIGTERM") => void): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.removeAllListeners(signal).once(signal, end);
}

function interrupted(signal: NodeJS.Signals): void {
  // A live line hides the cursor.
  if (process.stdout.isTTY) process.stdout.write("\u001b[?25h");
  console.error(`\nInterrupted (${signal}). The same command goes on from here.`);
  process.exit(SIGNALLED + constants.signals[signal]);
}
