import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UserError } from "../../common/problem";
import type { Machine } from "../machine";
import type { Found, Tool } from "../tool";
import { isExecutable } from "./path";

/** The folder that a tool is laid in: where others look for it, or the project's cache, by version. */
export function folderOf(tool: Tool, machine: Machine): string {
  return tool.home?.(machine) ?? join(machine.cacheDir, "tools", tool.name, tool.version);
}

/** A tool that an earlier run laid in its folder. */
export async function inCache(tool: Tool, machine: Machine): Promise<Found | string> {
  const dir = folderOf(tool, machine);
  const missing = tool.executables.filter((name) => !isExecutable(join(dir, name)));
  // An interrupted download of the engine's own leaves this beside the folder: then nothing in it counts.
  if (missing.length > 0 || existsSync(`${dir}.partial`)) return "not there";
  return Promise.resolve({ name: tool.name, version: tool.version, source: "cache", dir });
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
  await replaceFolder(dir, make);
  await rm(`${dir}.partial`, { force: true });
  return dir;
}

/** Replaces a folder by one that `make` fills, with a rename: it is never seen half-filled. */
export async function replaceFolder(dir: string, make: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = join(dirname(dir), `.new-${randomUUID()}`);
  try {
    await mkdir(temporary, { recursive: true });
  } catch (error) {
    throw unwritable(dirname(dir), error);
  }
  try {
    await make(temporary);
    await rm(dir, { recursive: true, force: true });
    await rename(temporary, dir);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

function unwritable(dir: string, error: unknown): Error {
  const code = (error as NodeJS.ErrnoException).code;
  if (code !== "EACCES" && code !== "EROFS" && code !== "EPERM" && code !== "ENOTDIR") return error as Error;
  return new UserError({
    what: `the folder ${dir} can't be written to (${code})`,
    todo: "make it writable, or name another cache folder with KOA_ON_MINIKUBE_CACHE",
  });
}
