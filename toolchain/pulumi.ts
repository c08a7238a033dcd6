import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { acquire } from "./acquire";
import { folderOf, lay } from "./acquire/cache";
import type { Machine } from "./machine";
import type { Say } from "./step";
import type { Found } from "./tool";
import { hostTools } from "./tools";

/** Sees to the Pulumi CLI. One on PATH is linked to where `npx pulumi` looks, so that both are the same. */
export async function ensurePulumi(machine: Machine, say: Say): Promise<Found> {
  const tool = hostTools.pulumi;
  const found = await acquire(tool, machine, say);
  if (found.source !== "PATH" || found.dir === folderOf(tool, machine)) return found;
  const dir = await lay(tool, machine, async (folder) => {
    for (const name of tool.executables) await symlink(join(found.dir, name), join(folder, name));
  });
  return { ...found, dir };
}
