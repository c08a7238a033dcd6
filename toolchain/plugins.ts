import { acquire } from "./acquire";
import { inCache } from "./acquire/cache";
import { onPath } from "./acquire/path";
import { fromRelease } from "./acquire/release";
import type { Machine } from "./machine";
import type { Say } from "./step";
import type { Found } from "./tool";
import { plugins } from "./tools";

/** Gets Pulumi's Kubernetes plugin. */
export function ensureKubernetesPlugin(machine: Machine, say: Say): Promise<Found> {
  return acquire(plugins.kubernetes, machine, say);
}

/**
 * Gets Pulumi's docker plugin, or our stand-in for as long as the real one can't be downloaded.
 *
 * @param builds whether an image is going to be built; otherwise any plugin that is there will do
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
    `${tool.name} ${tool.version} can't be had (${released ?? "it has no release"}): our stand-in builds the image`,
    "notice",
  );
  const { ensureStandIn } = await import("./offline/index.js");
  return await ensureStandIn(tool, machine);
}
