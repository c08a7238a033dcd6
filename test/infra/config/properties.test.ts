import assert from "node:assert/strict";
import fc from "fast-check";
import { UserError } from "../../../common/problem";
import type { Config } from "../../../infra/config";
import { configOf } from "../../support/config";
import { config, keys, plausible, wild } from "../../support/config-arbitraries";

/** The same cases each time, so that a failure can be repeated. */
const fixed = { seed: 1, numRuns: 200, endOnFailure: true };
/** The longest part of a message that a person reads, in characters. */
const MOST = 600;

/** The parsed config; undefined if it is refused, with readable problems. */
function refusedOr(
  values: Readonly<Record<string, string>>,
  secret: readonly string[] = [],
): Config | undefined {
  try {
    return configOf(values, secret);
  } catch (error) {
    assert.ok(error instanceof UserError, String((error as Error).stack));
    assert.ok(error.problems.length > 0);
    for (const { what, where, allowed, todo } of error.problems) {
      for (const part of [what, where, allowed, todo]) readable(part);
      assert.match(todo, /^npx pulumi config (set|rm) /);
    }
    return undefined;
  }
}

/** Checks that a part is one line, without control characters, and short enough for a person. */
function readable(part: string | undefined): void {
  assert.ok(part !== undefined && part.trim() !== "", "a part is missing");
  assert.ok(part.length <= MOST, `${part.length} characters: ${part.slice(0, 100)}`);
  // eslint-disable-next-line no-control-regex -- they are what must not be there
  assert.doesNotMatch(part, /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
}

describe("any stack config", () => {
  for (const [title, values] of [
    ["anything at all", wild],
    ["values that are nearly good", undefined],
  ] as const) {
    it(`accepts ${title}, or says what is wrong, what is allowed and what to do`, function () {
      this.timeout(30_000);
      const property = fc.property(config(values, true), (raw) => void refusedOr(raw));
      fc.assert(property, fixed);
    });
  }

  for (const key of keys) {
    it(`accepts or refuses ${key} by itself`, () => {
      const both = fc.oneof(wild, plausible[key]);
      const property = fc.property(both, (value) => void refusedOr({ [key]: value }));
      fc.assert(property, { ...fixed, numRuns: 50 });
    });
  }

  for (const key of ["env", "labels"] as const) {
    it(`keeps each entry of ${key} that it accepts, as text`, () => {
      const property = fc.property(plausible[key], (value) => {
        const taken = refusedOr({ [key]: value });
        if (!taken) return;
        const given = Object.entries(JSON.parse(value) as object);
        assert.deepEqual(
          Object.entries(taken[key]),
          given.map(([name, text]) => [name, String(text)]),
        );
      });
      fc.assert(property, fixed);
    });
  }

  it("shows no value of a key that was set with --secret", () => {
    const secret = "hunter2-9f8e7d6c";
    const kinds = [secret, `/${secret} x`, `["${secret}"`, `{"1":"${secret}"}`, `{"a":{"b":"${secret}"}}`];
    const near = kinds.concat(`["${secret}"]`, `{"limits":{"cpu":"${secret}"}}`, `{"tcp":"${secret}"}`);
    for (const key of keys) {
      for (const value of near) {
        try {
          configOf({ [key]: value }, [key]);
        } catch (error) {
          assert.ok(!(error as Error).message.includes(secret), (error as Error).message);
        }
      }
    }
  });
});
