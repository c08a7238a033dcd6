import { setTimeout as sleep } from "node:timers/promises";

/** How long and how often to ask, in milliseconds. */
interface Poll {
  readonly withinMs: number;
  readonly everyMs: number;
}

/**
 * Asks until there is an answer, at least once.
 *
 * @returns the answer; undefined if there is none in time
 */
export async function poll<T>(
  { withinMs, everyMs }: Poll,
  ask: () => Promise<T | undefined> | T | undefined,
): Promise<T | undefined> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined || Date.now() >= deadline) return answer;
    await sleep(everyMs);
  }
}
