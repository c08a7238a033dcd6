import { constants } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { acquire } from "./acquire";
import { inCache, install } from "./acquire/cache";
import { onPath } from "./acquire/path";
import { fromRelease } from "./acquire/release";
import type { Machine } from "./machine";
import type { Say } from "./step";
import type { Found } from "./tool";
import { hostTools, plugins } from "./tools";

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

/**
 * Installs Pulumi's docker plugin, or our stand-in while the real plugin can't be downloaded.
 *
 * @param builds whether the update builds an image. If not, any installed plugin will do
 */
export async function ensureDockerPlugin(
  machine: Machine,
  builds: boolean,
  say: Say,
  tool = plugins.docker,
): Promise<Found> {
  const ambient = await onPath(tool, machine);
  if (typeof ambient === "object") return ambient;
  const cached = await inCache(tool, machine);
  if (cached?.source === "cache" || (cached !== undefined && !builds)) return cached;
  const released = await fromRelease(tool, machine, say);
  if (typeof released === "object") return released;
  say(
    `${tool.name} ${tool.version} is not available (${released ?? "it has no release"}): our stand-in builds the image`,
    "notice",
  );
  const { ensureStandIn } = await import("./offline/index.js");
  return await ensureStandIn(tool, machine);
}
