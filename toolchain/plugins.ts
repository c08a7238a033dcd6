import { inCache } from "./acquire/cache";
import { onPath } from "./acquire/path";
import { fromRelease } from "./acquire/release";
import type { Machine } from "./machine";
import type { Say } from "./step";
import type { Found } from "./tool";
import { plugins } from "./tools";

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
