import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UserError } from "../../common/problem";
import type { Machine } from "../machine";
import type { Found, Tool } from "../tool";
import { isExecutable } from "./path";

/** The name of a file in the folder of a stand-in. The folder of the real tool doesn't have it. */
export const STAND_IN_MARKER = "stand-in.txt";

/** Folders that are being filled have names that begin with this. */
export const TEMPORARY = ".new-";

/** The folder to install a tool in: where other programs expect it, or in the project's cache, by version. */
function folderOf(tool: Tool, machine: Machine): string {
  return tool.home?.(machine) ?? join(machine.cacheDir, "tools", tool.name, tool.version);
}

/** Whether a folder contains a stand-in for a tool, not the tool itself. */
export function isStandIn(dir: string): boolean {
  return existsSync(join(dir, STAND_IN_MARKER));
}

/** Finds a tool that an earlier run installed. */
export function inCache(tool: Tool, machine: Machine): Promise<Found | undefined> {
  const dir = folderOf(tool, machine);
  const complete = tool.executables.every((name) => isExecutable(join(dir, name)));
  // The engine leaves this file beside the folder if its own download was interrupted: then the folder is incomplete.
  const found = complete && !existsSync(`${dir}.partial`);
  const source = isStandIn(dir) ? "stand-in" : "cache";
  return Promise.resolve(found ? { name: tool.name, version: tool.version, source, dir } : undefined);
}

/**
 * Installs a tool in its folder, completely or not at all: `make` fills a temporary folder, which is then renamed. Two
 * processes may install the same tool at the same time.
 *
 * @throws UserError if the folder can't be written to
 */
export async function install(
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

/** Replaces a folder, if there is one, with another. If two processes do this at the same time, the last one wins. */
async function replace(dir: string, by: string): Promise<void> {
  const old = `${by}-old`;
  while (!(await renamed(by, dir, ["ENOTEMPTY", "EEXIST", "ENOTDIR"]))) {
    // Moved away before it is deleted: no process sees a part of it.
    await renamed(dir, old, ["ENOENT"]);
    await rm(old, { recursive: true, force: true });
  }
}

/** Renames a folder. Returns false if that fails with one of the expected codes. */
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
 * @param ours whether the folder is in the project's cache, whose place the user can choose
 * @throws UserError if it can't be written to
 */
export async function makeFolder(dir: string, ours: boolean): Promise<void> {
  try {
    await mkdir(dir, { recursive: true });
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (!["EACCES", "EROFS", "EPERM", "ENOTDIR"].includes(code)) throw error;
    throw new UserError({
      what: `The folder ${dirname(dir)} can't be written to (${code})`,
      todo: `make it writable${ours ? ", or name another cache folder with KOA_ON_MINIKUBE_CACHE" : ""}`,
    });
  }
}
