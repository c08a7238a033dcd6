import { constants } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { acquire } from "./acquire";
import { inCache, install } from "./acquire/cache";
import type { Machine } from "./machine";
import type { Say } from "./step";
import type { Found } from "./tool";
import { hostTools } from "./tools";

/** Gets the Pulumi CLI. One on PATH is copied to where `npx pulumi` looks, so that both are the same. */
export async function ensurePulumi(machine: Machine, say: Say): Promise<Found> {
  const tool = hostTools.pulumi;
  const found = await acquire(tool, machine, say);
  if (found.source !== "PATH") return found;
  const copied = await inCache(tool, machine);
  if (copied !== undefined) return { ...found, dir: copied.dir };
  // A copy, not a link: the one on PATH may be updated any day.
  const dir = await install(tool, machine, async (folder) => {
    for (const name of tool.executables) {
      await copyFile(join(found.dir, name), join(folder, name), constants.COPYFILE_FICLONE);
    }
  });
  return { ...found, dir };
}
