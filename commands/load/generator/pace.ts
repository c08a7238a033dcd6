/** What to send, and how often. */
interface PaceOptions {
  /** Calls per second. */
  readonly rate: number;
  /** How long to send, in milliseconds; Infinity to send until it is stopped. */
  readonly durationMs: number;
  /** Gets the number of the call, from 0, and when it was due, in milliseconds of `performance.now()`. */
  readonly send: (index: number, due: number) => void;
  /** Called after the last call of `send`, but not if it was stopped before. */
  readonly done: () => void;
}

/**
 * Calls `send` at an even rate, without waiting for earlier requests (an open loop). If the service stalls, the stall
 * shows in the latency of all requests that were due meanwhile.
 *
 * Timers are late by about a millisecond, more on a busy machine. All calls that are due are then made at once, each with
 * the time at which it was due.
 *
 * @returns a function that stops the calls
 */
export function keepPace({ rate, durationMs, send, done }: PaceOptions): () => void {
  const start = performance.now();
  const count = Math.ceil((rate * durationMs) / 1000);
  const dueAt = (index: number) => start + (index * 1000) / rate;
  let next = 0;
  let timer: NodeJS.Timeout | undefined;
  const tick = () => {
    const now = performance.now();
    for (; next < count && dueAt(next) <= now; next++) send(next, dueAt(next));
    if (next < count) timer = setTimeout(tick, dueAt(next) - now);
    else done();
  };
  // By a timer, so that the caller has the return value before the first call.
  timer = setTimeout(tick);
  return () => clearTimeout(timer);
}
