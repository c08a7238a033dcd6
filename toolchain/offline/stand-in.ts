import { inCache, install } from "../acquire/cache";
import type { Machine } from "../machine";
import type { Found, Tool } from "../tool";
import { bundleStandIn, isCurrentStandIn } from "./docker-stand-in/bundle";

/** Sees to our stand-in for Pulumi's docker plugin, as this checkout has it. */
export async function ensureStandIn(tool: Tool, machine: Machine): Promise<Found> {
  const cached = await inCache(tool, machine);
  const dir =
    cached !== undefined && (await isCurrentStandIn(cached.dir, tool.version))
      ? cached.dir
      : await install(tool, machine, async (folder) => void (await bundleStandIn(folder, tool.version)));
  return { name: tool.name, version: tool.version, source: "stand-in", dir };
}
