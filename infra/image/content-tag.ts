import { createHash } from "node:crypto";
import { readFile, readdir, readlink, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { readDockerignore, type Excludes } from "./dockerignore";

/** Hexadecimal digits of a tag: short enough to read, long enough never to meet twice in one cluster. */
const TAG_DIGITS = 12;

/**
 * A tag made of everything in a build context that can get into an image: paths, content, and whether a file can be
 * executed, which is all that git keeps of modes. The same code has the same tag, on any machine, in any folder.
 */
export async function contentTag(folder: string): Promise<string> {
  const excludes = await readDockerignore(folder);
  const files = await list(folder, folder, excludes);
  const hash = createHash("sha256");
  // By code unit: an order that depends on no locale.
  for (const file of files.sort()) hash.update(JSON.stringify([file, ...(await fingerprint(folder, file))]));
  return hash.digest("hex").slice(0, TAG_DIGITS);
}

async function list(root: string, folder: string, excludes: Excludes): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const lists = entries.map(async (entry) => {
    const path = join(folder, entry.name);
    const name = relative(root, path).split(sep).join("/");
    // An excluded folder is looked into all the same: a later pattern may let a file of it in again.
    if (entry.isDirectory()) return excludes.everythingBelow(name) ? [] : list(root, path, excludes);
    return excludes.file(name) ? [] : [name];
  });
  return (await Promise.all(lists)).flat();
}

async function fingerprint(root: string, name: string): Promise<string[]> {
  const path = join(root, name);
  const target = await readlink(path).catch(() => undefined);
  if (target !== undefined) return ["link", target];
  const executable = ((await stat(path)).mode & 0o100) !== 0;
  return [executable ? "executable" : "file", sha256(await readFile(path))];
}

function sha256(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
