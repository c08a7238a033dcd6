/** How often to look, in milliseconds: soon for a person, and nothing for a processor. */
const INTERVAL = 2_000;

/**
 * Ends this process, with exit code 0, once the one that started it is gone. The engine ends what it started when it is
 * done; one that was killed can't.
 */
export function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(0);
  }, INTERVAL).unref();
}
