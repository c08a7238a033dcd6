import { AssertionError } from "node:assert/strict";
import { poll } from "../../../common/poll";

const POLL_MS = 200;

/**
 * Asks until the answer is neither undefined nor false.
 *
 * @param what the expected event, for the error
 * @param within milliseconds
 * @throws AssertionError when the time is over
 */
export async function until<T>(
  what: string,
  within: number,
  question: () => Promise<T | false | undefined>,
): Promise<T> {
  const ask = async () => (await question()) || undefined;
  const answer = await poll({ withinMs: within, everyMs: POLL_MS }, ask);
  if (answer === undefined) throw new AssertionError({ message: `not within ${within / 1000} s: ${what}` });
  return answer;
}
