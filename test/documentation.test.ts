import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../common/root";

describe("docs/testing.md", () => {
  it("names no test that doesn't exist", () => {
    const [, table = ""] = readFileSync(join(ROOT, "docs", "testing.md"), "utf8").split("| promise |");
    const tests = table.split("\n").flatMap((row) => row.split("|")[2]?.match(/`[\w/-]+`/g) ?? []);
    assert.ok(tests.length > 50, String(tests.length));
    for (const test of tests.map((name) => join(__dirname, name.slice(1, -1)))) {
      assert.ok(existsSync(`${test}.test.ts`) || existsSync(test), test);
    }
  });
});
