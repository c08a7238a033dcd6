import { readlink, rename, rm, symlink } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { makeFolder } from "./acquire/cache";
import type { Machine } from "./machine";
import type { Found } from "./tool";

/**
 * Links the tools into one folder of the project's cache, which a person can put on PATH.
 *
 * @returns the folder; undefined if all tools are on PATH
 */
export async function linkTools(machine: Machine, tools: readonly Found[]): Promise<string | undefined> {
  const dir = join(machine.cacheDir, "bin");
  const linked = tools.filter(({ source }) => source !== "PATH");
  if (linked.length === 0) return undefined;
  await makeFolder(dir, true);
  for (const { name, dir: home } of linked) await replaceLink(join(home, name), join(dir, name));
  const path = (machine.env.PATH ?? "").split(delimiter);
  return path.includes(dir) ? undefined : dir;
}

async function replaceLink(target: string, link: string): Promise<void> {
  if ((await readlink(link).catch(() => undefined)) === target) return;
  const temporary = `${link}.${process.pid}.new`;
  await rm(temporary, { force: true });
  await symlink(target, temporary);
  await rename(temporary, link);
}
