import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UserError } from "../../common/problem";
import type { Machine } from "../machine";
import type { Found, Tool } from "../tool";
import { isExecutable } from "./path";

/** A file beside what stands in for a tool, and never beside the tool itself. */
export const STAND_IN_MARKER = "stand-in.txt";

/** How the name of a folder begins that is still being filled. */
export const TEMPORARY = ".new-";

/** The folder that a tool is laid in: where others look for it, or the project's cache, by version. */
export function folderOf(tool: Tool, machine: Machine): string {
  return tool.home?.(machine) ?? join(machine.cacheDir, "tools", tool.name, tool.version);
}

/** A tool that an earlier run laid in its folder. */
export function inCache(tool: Tool, machine: Machine): Promise<Found | undefined> {
  const dir = folderOf(tool, machine);
  const whole = tool.executables.every((name) => isExecutable(join(dir, name)));
  // An interrupted download of the engine's own leaves this beside the folder: then nothing in it counts.
  const found = whole && !existsSync(`${dir}.partial`);
  const source = existsSync(join(dir, STAND_IN_MARKER)) ? "stand-in" : "cache";
  return Promise.resolve(found ? { name: tool.name, version: tool.version, source, dir } : undefined);
}

/**
 * Lays a tool in its folder, whole or not at all: `make` fills a temporary folder beside it, which is then
 * renamed. Two that do so at the same time both succeed.
 *
 * @throws UserError if the folder can't be written to
 */
export async function lay(
  tool: Tool,
  machine: Machine,
  make: (temporary: string) => Promise<void>,
): Promise<string> {
  const dir = folderOf(tool, machine);
  const temporary = join(dirname(dir), `${TEMPORARY}${randomUUID()}`);
  await makeFolder(temporary, tool.home === undefined);
  try {
    await make(temporary);
    await replace(dir, temporary);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  await rm(`${dir}.partial`, { force: true });
  return dir;
}

/** Puts a folder where another may be. Where somebody else does so at the same time, the last one stays. */
async function replace(dir: string, by: string): Promise<void> {
  const before = `${by}-before`;
  while (!(await renamed(by, dir, ["ENOTEMPTY", "EEXIST", "ENOTDIR"]))) {
    // Moved away and then deleted: nobody ever sees a part of it.
    await renamed(dir, before, ["ENOENT"]);
    await rm(before, { recursive: true, force: true });
  }
}

/** Renames a folder; false where that fails for one of the reasons that were expected. */
async function renamed(from: string, to: string, expected: readonly string[]): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (expected.includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  }
}

/**
 * Makes a folder.
 *
 * @param ours whether it is in the project's cache, which can be elsewhere
 * @throws UserError if it can't be written to
 */
export async function makeFolder(dir: string, ours: boolean): Promise<void> {
  try {
    await mkdir(dir, { recursive: true });
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (!["EACCES", "EROFS", "EPERM", "ENOTDIR"].includes(code)) throw error;
    throw new UserError({
      what: `the folder ${dirname(dir)} can't be written to (${code})`,
      todo: `make it writable${ours ? ", or name another cache folder with KOA_ON_MINIKUBE_CACHE" : ""}`,
    });
  }
}
