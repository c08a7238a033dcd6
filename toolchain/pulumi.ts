import { constants } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { acquire } from "./acquire";
import { inCache, install } from "./acquire/cache";
import type { Machine } from "./machine";
import type { Say } from "./step";
import type { Found } from "./tool";
import { hostTools } from "./tools";

/** Installs the Pulumi CLI. If it is on PATH, copies it to where `npx pulumi` finds it. */
export async function ensurePulumi(machine: Machine, say: Say): Promise<Found> {
  const tool = hostTools.pulumi;
  const found = await acquire(tool, machine, say);
  if (found.source !== "PATH") return found;
  const copied = await inCache(tool, machine);
  if (copied !== undefined) return { ...found, dir: copied.dir };
  // A copy, not a link: the CLI on PATH may be updated.
  const dir = await install(tool, machine, async (folder) => {
    for (const name of tool.executables) {
      await copyFile(join(found.dir, name), join(folder, name), constants.COPYFILE_FICLONE);
    }
  });
  return { ...found, dir };
}
