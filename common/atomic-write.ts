import { randomUUID } from "node:crypto";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Writes a file whole or not at all, even if the power fails meanwhile. Makes its folder if needed. */
export function writeAtomically(file: string, content: string | Uint8Array): void {
  const draft = `${file}.${randomUUID().slice(0, 8)}.new`;
  mkdirSync(dirname(file), { recursive: true });
  try {
    writeFileSync(draft, content, { flush: true });
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}
