import assert from "node:assert/strict";
import { UserError } from "../../common/problem";

/** The text of the UserError with which work fails. @throws AssertionError if it succeeds, or fails otherwise */
export async function refusal(work: Promise<unknown> | (() => unknown)): Promise<string> {
  try {
    await (typeof work === "function" ? work() : work);
  } catch (error) {
    assert.ok(error instanceof UserError, String((error as Error).stack));
    return error.message;
  }
  return assert.fail("nothing was refused");
}
