import { constants } from "node:os";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** A shell's exit code for a command that a signal has ended is the signal's number plus this. */
const SIGNALLED = 128;

/** On Ctrl-C or SIGTERM, prints that the same command goes on from there, and ends the process. */
export function endOnInterrupt(): void {
  for (const signal of SIGNALS) process.once(signal, interrupted);
}

/**
 * On Ctrl-C or SIGTERM, calls `end`, for commands that usually end this way. A second signal ends the process at once.
 */
export function onInterrupt(end: (signal: "SIGINT" | "SIGTERM") => void): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.removeAllListeners(signal).once(signal, end);
}

function interrupted(signal: NodeJS.Signals): void {
  // Shows the cursor again, which a live line hides.
  if (process.stdout.isTTY) process.stdout.write("\u001b[?25h");
  console.error(`\nInterrupted (${signal}). The same command goes on from here.`);
  process.exit(SIGNALLED + constants.signals[signal]);
}
