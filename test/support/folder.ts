import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const made: string[] = [];

/** Makes a folder with these files, and removes it once this process ends. A script, which begins with #!, can be executed. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "koa-test-"));
  made.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content, { mode: content.startsWith("#!") ? 0o755 : 0o644 });
  }
  return folder;
}

// Not a hook of mocha's: a worker runs many files, and loads this one only for the first of them.
process.once("exit", () => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});
