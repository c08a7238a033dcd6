import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../common/root";

describe("docs/testing.md", () => {
  const [, table = ""] = readFileSync(join(ROOT, "docs", "testing.md"), "utf8").split("| promise |");
  const named = table.split("\n").flatMap((row) => row.split("|")[2]?.match(/[\w/-]+(?=`)/g) ?? []);

  it("names no test that doesn't exist", () => {
    assert.ok(named.length > 50, String(named.length));
    for (const name of named) {
      const path = join(__dirname, name);
      assert.ok(existsSync(`${path}.test.ts`) || existsSync(path), name);
    }
  });

  it("names every test with what it proves", () => {
    const files = readdirSync(__dirname, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".test.ts") && !/^(bench|documentation)/.test(file))
      .map((file) => file.replaceAll("\\", "/").replace(".test.ts", ""));
    const unnamed = files.filter((file) => !named.some((name) => `${file}/`.startsWith(`${name}/`)));
    assert.deepEqual(unnamed, []);
  });
});
