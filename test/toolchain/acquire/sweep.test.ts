import assert from "node:assert/strict";
import { utimesSync } from "node:fs";
import { join } from "node:path";
import { sweep } from "../../../toolchain/acquire/sweep";
import { namesIn, useSandbox } from "../../support/sandbox";

const HOUR_S = 3_600;

describe("the sweep", () => {
  const sandbox = useSandbox();

  function folder(age: number, ...path: string[]): void {
    const dir = join(sandbox().root, ...path);
    sandbox().file(join(dir, "file"), "");
    const then = Date.now() / 1000 - age;
    utimesSync(dir, then, then);
  }

  it("deletes what killed runs left a day ago, and nothing else", async () => {
    const places = [
      ["cache"],
      ["cache", "tools", "thing"],
      ["pulumi", "plugins"],
      ["pulumi", "versions", "1"],
    ];
    for (const place of places) {
      folder(25 * HOUR_S, ...place, ".new-old");
      folder(23 * HOUR_S, ...place, ".new-young");
      folder(25 * HOUR_S, ...place, "tool");
    }
    await sweep(sandbox().machine);
    for (const place of places) {
      const left = namesIn(join(sandbox().root, ...place)).filter((name) => name !== "tools");
      assert.deepEqual(left, [".new-young", "tool"], place.join("/"));
    }
  });

  it("makes no folder on a machine that has none of them", async () => {
    const before = namesIn(sandbox().root);
    await sweep(sandbox().machine);
    assert.deepEqual(namesIn(sandbox().root), before);
  });
});
