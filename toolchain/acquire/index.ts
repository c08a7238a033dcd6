import { UserError } from "../../common/problem";
import type { Machine } from "../machine";
import type { Say } from "../step";
import type { Found, Tool } from "../tool";
import { inCache } from "./cache";
import { onPath } from "./path";
import { fromRelease } from "./release";

/**
 * A way to get a tool: what it found, or in a few words why this way is not open; undefined where there is
 * nothing to say about that, because the tool isn't there or was never meant to be had this way.
 */
export type Way = (tool: Tool, machine: Machine, say: Say) => Promise<Found | string | undefined>;

/** Opened only if every way to download is closed. */
const fromModules: Way = async (tool, machine, say) =>
  (await import("../offline/index.js")).fromModules(tool, machine, say);

/** The ways, in the order in which they are tried. */
const ways: readonly (readonly [name: string, way: Way])[] = [
  ["PATH", onPath],
  ["the cache", inCache],
  ["its release", (tool, machine, say) => fromRelease(tool, machine, say, "patiently")],
  ["its Go module", fromModules],
];

/**
 * Gets a tool by the first way that is open, and says why the ones before it were not.
 *
 * @throws UserError with every way's reason, if none is open
 */
export async function acquire(tool: Tool, machine: Machine, say: Say): Promise<Found> {
  const reasons: string[] = [];
  for (const [name, way] of ways) {
    const found = await way(tool, machine, say);
    if (typeof found === "object") return found;
    if (found === undefined) continue;
    reasons.push(`not from ${name}: ${found}`);
    say(`not from ${name}: ${found}`, "notice");
  }
  throw new UserError({
    what: [`${tool.name} ${tool.version} can't be had`, ...reasons].join("\n  "),
    todo: tool.byHand,
  });
}

/** Looks for a tool without getting it; in a few words why not, where it is neither on PATH nor in the cache. */
export async function find(tool: Tool, machine: Machine): Promise<Found | string> {
  const ambient = await onPath(tool, machine);
  if (typeof ambient === "object") return ambient;
  return (await inCache(tool, machine)) ?? ambient ?? "missing";
}
