/** What to send, and how often. */
export interface PaceOptions {
  /** Calls a second. */
  readonly rate: number;
  /** For how many milliseconds; Infinity for until it is stopped. */
  readonly durationMs: number;
  /** Is told its number, from 0, and when it was due, in milliseconds of `performance.now()`. */
  readonly send: (index: number, due: number) => void;
  /** Called once everything has been sent, but not if it was stopped before. */
  readonly done: () => void;
}

/** Sends on and on, until it is stopped. */
export interface Pace {
  /** No more is sent from now on. */
  stop(): void;
}

/**
 * Calls `send` at an even rate. It never waits for what was sent before (an open loop): a service that stalls is
 * still asked, so that the stall shows in every request that it would have hit.
 *
 * Timers are late by a millisecond or so, more on a busy machine. What is due is then sent at once, each with the
 * time at which it should have been.
 */
export function keepPace({ rate, durationMs, send, done }: PaceOptions): Pace {
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
  // Not at once: the caller gets the return value before the first call.
  timer = setTimeout(tick);
  return { stop: () => clearTimeout(timer) };
}
