import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { compile } from "../../common/compile.cjs";
import { ROOT } from "../../common/root";

const load = createRequire(__filename);

describe("a compiled program", () => {
  let folder: string;
  before(() => {
    mkdirSync(join(ROOT, ".build"), { recursive: true });
    folder = mkdtempSync(join(ROOT, ".build", "compile-test-"));
    writeFileSync(join(folder, "main.ts"), 'import { word } from "./word";\nexport = `say ${word}`;\n');
    writeFileSync(join(folder, "word.ts"), 'export const word: string = "one";\n');
  });
  after(async () => {
    rmSync(dirname(await compiled()), { recursive: true });
    rmSync(folder, { recursive: true });
  });

  const compiled = () => compile(relative(ROOT, join(folder, "main.ts")));
  const says = async () => {
    const file = await compiled();
    delete load.cache[file];
    return load(file) as string;
  };

  it("is made again if a file that it imports has changed, and only then", async () => {
    assert.equal(await says(), "say one");
    const made = statSync(await compiled()).ino;
    assert.equal(statSync(await compiled()).ino, made);
    writeFileSync(join(folder, "word.ts"), 'export const word: string = "another";\n');
    assert.equal(await says(), "say another");
  });
});
