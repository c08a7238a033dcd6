import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runPath } from "../../common/run-path.mjs";
import { folderWith } from "../support/folder";

describe("the path of the program for Pulumi's language host", () => {
  for (const name of ["plain", "it's mine", "back\\slash", "#1 %20 $x"]) {
    it(`leads to a checkout in the folder ${name}`, () => {
      const root = join(folderWith({}), name);
      mkdirSync(join(root, "infra"), { recursive: true });
      writeFileSync(join(root, "infra", "main.js"), "");
      // As the language host asks for it.
      const { stdout } = spawnSync(
        process.execPath,
        ["-e", `console.log(require.resolve('${runPath(root)}'))`],
        {
          encoding: "utf8",
        },
      );
      assert.equal(stdout, `${join(root, "infra", "main.js")}\n`);
    });
  }
});
