import { AssertionError } from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 200;

/**
 * Asks again and again until there is an answer.
 *
 * @param what what is waited for, for the error
 * @param within milliseconds
 * @throws AssertionError when the time is over
 */
export async function until<T>(
  what: string,
  within: number,
  question: () => Promise<T | undefined>,
): Promise<T> {
  const deadline = Date.now() + within;
  for (;;) {
    const answer = await question();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline)
      throw new AssertionError({ message: `not within ${within / 1000} s: ${what}` });
    await sleep(POLL_MS);
  }
}
