/**
 * Exits on SIGTERM and SIGINT until the service can drain. The kernel drops a signal for which PID 1 has no handler, so
 * this module is loaded before all others, which take most of the start.
 */
export function exitAtOnce(): void {
  process.exit(0);
}

process.on("SIGTERM", exitAtOnce).on("SIGINT", exitAtOnce);
