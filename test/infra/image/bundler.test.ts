import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openBundler } from "../../../infra/image/bundle";
import { folderWith } from "../../support/folder";

describe("a bundler", () => {
  it("has each change in the next bundle, modules that are run included, and goes on after an error", async () => {
    const folder = folderWith({
      "main.ts": 'import { page } from "./page.build"; console.log(page);',
      "page.build.ts":
        'import { readFileSync } from "node:fs"; export const page = readFileSync(__dirname + "/page.html", "utf8");',
      "page.html": "the first page",
    });
    const bundler = await openBundler(join(folder, "main.ts"), false);
    const bundled = async () => Buffer.from((await bundler.bundle()).code).toString();
    try {
      assert.match(await bundled(), /the first page/);
      writeFileSync(join(folder, "page.html"), "the second page");
      assert.match(await bundled(), /the second page/);
      writeFileSync(join(folder, "main.ts"), "const x = ;");
      await assert.rejects(bundled(), /can't be bundled: Unexpected ";"\n {2}where: {3}main\.ts:1:10/);
      writeFileSync(join(folder, "main.ts"), "export const x = 1;");
      assert.match(await bundled(), /sourceMappingURL=data:/);
    } finally {
      await bundler.close();
    }
  });
});
