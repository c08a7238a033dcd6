import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { compile } from "../../common/compile.cjs";
import { ROOT } from "../../common/root";

describe("a compiled program", () => {
  let folder: string;
  before(() => {
    mkdirSync(join(ROOT, ".build"), { recursive: true });
    folder = mkdtempSync(join(ROOT, ".build", "compile-test-"));
    writeFileSync(join(folder, "main.ts"), 'import { word } from "./word";\nexport = `say ${word}`;\n');
    writeFileSync(join(folder, "word.ts"), 'export const word: string = "one";\n');
  });
  after(async () => {
    rmSync(dirname(await compile(entry())), { recursive: true });
    rmSync(folder, { recursive: true });
  });

  const entry = () => relative(ROOT, join(folder, "main.ts"));
  const says = () => {
    const program =
      'require("./common/compile.cjs").load(process.argv[1]).then((said) => process.stdout.write(said))';
    return execFileSync(process.execPath, ["-e", program, entry()], { cwd: ROOT, encoding: "utf8" });
  };
  const version = (file: string) => statSync(file).ino;

  it("is made again if a file that it imports has changed, and only then", async () => {
    assert.equal(says(), "say one");
    const file = await compile(entry());
    const made = [version(file), version(`${file}.v8`)];
    assert.equal(says(), "say one");
    assert.deepEqual([version(file), version(`${file}.v8`)], made);
    writeFileSync(join(folder, "word.ts"), 'export const word: string = "two";\n');
    assert.equal(says(), "say two"); // of the same length, which is all that V8 compares
    assert.equal(says(), "say two");
  });

  it("imports a package that stays outside of it", () => {
    writeFileSync(
      join(folder, "main.ts"),
      'export = import("mocha").then(({ default: Mocha }) => Mocha.name);\n',
    );
    assert.equal(says(), "Mocha");
    assert.equal(says(), "Mocha"); // from V8's compiled code
  });
});
