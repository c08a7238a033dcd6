/** How often to look, in milliseconds. */
const INTERVAL = 2_000;

/**
 * Ends this process with exit code 0 once its parent is gone. The engine ends its children when it is done, but not if
 * it is killed.
 */
export function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(0);
  }, INTERVAL).unref();
}
