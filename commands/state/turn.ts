import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../common/problem";
import type { Say } from "../../toolchain/step";
import { clearStale, type Lock } from "./locks";
import type { StatePlace } from "./place";

/** How often the locks are looked at, in milliseconds. */
const POLL_MS = 500;

/**
 * Waits for the updates of a stack that are running; those that were killed are in nobody's way.
 *
 * @param until the time to wait until, in milliseconds since the epoch
 * @throws UserError naming who runs it, if one still runs by then
 */
export async function untilFree(place: StatePlace, until: number, say: Say): Promise<void> {
  const started = Date.now();
  for (let told = false; ; told = true) {
    const [lock] = clearStale(place.locks);
    if (lock === undefined) return;
    if (Date.now() >= until) throw stillRunning(place, lock, Date.now() - started);
    const waits = `another update of the stack ${place.stack} is running (${holderOf(lock)}): waiting`;
    say(waits, told ? "progress" : "notice");
    await sleep(POLL_MS);
  }
}

function holderOf({ pid, username, hostname, timestamp }: Lock): string {
  if (pid === undefined) return "its lock can't be read";
  const since = timestamp === undefined ? "" : `, since ${new Date(timestamp).toLocaleTimeString("sv")}`;
  return `pid ${pid} of ${username}@${hostname}${since}`;
}

function stillRunning({ stack }: StatePlace, lock: Lock, waited: number): UserError {
  const time = waited < 60_000 ? "" : ` after ${Math.round(waited / 60_000)} min`;
  return new UserError({
    what: `another update of the stack ${stack} is still running${time} (${holderOf(lock)})`,
    where: lock.file,
    todo: "wait until it has ended, or end it; where its machine is gone: npx pulumi cancel. Then run the same command again",
  });
}
