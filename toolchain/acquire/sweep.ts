import { readdir, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Machine } from "../machine";
import { TEMPORARY } from "./cache";

/** An older temporary folder was abandoned: none takes that long to fill. In milliseconds. */
const ABANDONED_MS = 24 * 3_600_000;

/** Deletes the temporary folders that killed runs have left behind, if possible. */
export async function sweep({ cacheDir, pulumiHome }: Machine): Promise<void> {
  const byVersion = await Promise.all([join(cacheDir, "tools"), join(pulumiHome, "versions")].map(entriesOf));
  const dirs = [cacheDir, join(pulumiHome, "plugins"), ...byVersion.flat()];
  const entries = (await Promise.all(dirs.map(entriesOf))).flat();
  await Promise.all(entries.filter(isTemporary).map(deleteAbandoned));
}

async function entriesOf(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch(() => []);
  return names.map((name) => join(dir, name));
}

function isTemporary(path: string): boolean {
  return basename(path).startsWith(TEMPORARY);
}

async function deleteAbandoned(path: string): Promise<void> {
  try {
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > ABANDONED_MS) await rm(path, { recursive: true, force: true });
  } catch {
    // The cache is read-only, or another run has deleted the folder. Neither matters.
  }
}
