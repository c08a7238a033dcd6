/** How often to check whether the parent still runs, in milliseconds. */
const INTERVAL = 2_000;

/**
 * Ends this process with exit code 0 when its parent has ended. The engine ends its plugins itself, unless the engine is
 * killed.
 */
export function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(0);
  }, INTERVAL).unref();
}
