import { exclusively } from "../../../common/lock.mjs";

/**
 * Holds a lock until it is released, or until this process ends, however it ends. Waits while another process holds it.
 *
 * @returns releases the lock
 */
export function hold(folder: string): Promise<() => void> {
  return new Promise((held, failed) => {
    const untilReleased = () => new Promise<void>(held);
    exclusively(folder, untilReleased, sayWhoHoldsIt).catch(failed);
  });
}

function sayWhoHoldsIt(pid: number): void {
  console.log(`    another run of the e2e tests is at work (pid ${pid}): waiting`);
}
