import { acquire } from "./acquire";
import { inCache, lay } from "./acquire/cache";
import { onPath } from "./acquire/path";
import { fromRelease } from "./acquire/release";
import type { Machine } from "./machine";
import type { Say } from "./step";
import type { Found } from "./tool";
import { plugins } from "./tools";
import { bundleStandIn, isCurrentStandIn, isStandIn } from "./offline/docker-stand-in/bundle";

/** Sees to Pulumi's Kubernetes plugin: the real one, always. */
export function ensureKubernetesPlugin(machine: Machine, say: Say): Promise<Found> {
  return acquire(plugins.kubernetes, machine, say);
}

/**
 * Sees to Pulumi's docker plugin: the real one wherever it can be had; only where it can't, our stand-in, which
 * gives way as soon as it can.
 */
export async function ensureDockerPlugin(machine: Machine, say: Say, tool = plugins.docker): Promise<Found> {
  const ambient = await onPath(tool, machine);
  if (typeof ambient === "object") return ambient;
  const cached = await inCache(tool, machine);
  if (cached !== undefined && !isStandIn(cached.dir)) return cached;
  const released = await fromRelease(tool, machine, say);
  if (typeof released === "object") return released;
  say(
    `${tool.name} ${tool.version} can't be had (${released ?? "it has no release"}): our stand-in builds the image`,
    "notice",
  );
  const dir =
    cached !== undefined && (await isCurrentStandIn(cached.dir, tool.version))
      ? cached.dir
      : await lay(tool, machine, async (folder) => void (await bundleStandIn(folder, tool.version)));
  return { name: tool.name, version: tool.version, source: "stand-in", dir };
}
