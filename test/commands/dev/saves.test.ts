import assert from "node:assert/strict";
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Saves } from "../../../commands/dev/saves";
import { folderWith } from "../../support/folder";

/** A save is noticed in much less, in milliseconds. */
const SOON = 5_000;

describe("a save", () => {
  it("is noticed in a folder below, also if an editor renames another file to it, and once for several files", async () => {
    const folder = folderWith({ "main.ts": "1", "lib/a.ts": "1" });
    const saves = await Saves.of(folder);
    const before = performance.now();
    writeFileSync(join(folder, "main.ts"), "2");
    writeFileSync(join(folder, "lib/a.ts"), "2");
    const savedAt = await saves.next(SOON);
    assert.ok(savedAt !== undefined && savedAt >= before);
    assert.equal(await saves.next(1), undefined);
    writeFileSync(join(folder, "lib/a.ts~"), "3");
    renameSync(join(folder, "lib/a.ts~"), join(folder, "lib/a.ts"));
    assert.ok((await saves.next(SOON)) !== undefined);
  });

  it("isn't noticed in node_modules", async () => {
    const folder = folderWith({ "main.ts": "1", "node_modules/a/index.js": "1" });
    const saves = await Saves.of(folder);
    writeFileSync(join(folder, "node_modules/a/index.js"), "2");
    writeFileSync(join(folder, "main.ts"), "2");
    assert.ok((await saves.next(SOON)) !== undefined); // that of main.ts
    writeFileSync(join(folder, "node_modules/a/index.js"), "3");
    assert.equal(await saves.next(100), undefined);
  });
});
