/**
 * Ends a command in its own way on Ctrl-C, or when it is told to end, in place of what `main` does: for commands of
 * which that is the usual end. A second time ends it at once.
 */
export function onInterrupt(end: () => void): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.removeAllListeners(signal).once(signal, end);
}
