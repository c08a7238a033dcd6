import assert from "node:assert/strict";
import { UserError } from "../../common/problem";

/** Waits for an error that is meant for a person, and gives its whole text. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof UserError, String((error as Error).stack));
    return error.message;
  }
  return assert.fail("nothing was refused");
}
