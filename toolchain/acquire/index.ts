import { UserError } from "../../common/problem";
import type { Machine } from "../machine";
import type { Say } from "../step";
import type { Found, Tool } from "../tool";
import { inCache } from "./cache";
import { fromModules } from "./module";
import { onPath } from "./path";
import { fromRelease } from "./release";

/** A way to get a tool: what it found, or in a few words why this way is not open. */
export type Way = (tool: Tool, machine: Machine, say: Say) => Promise<Found | string>;

/** The ways, in the order in which they are tried. */
const ways: readonly (readonly [name: string, way: Way])[] = [
  ["PATH", onPath],
  ["cache", inCache],
  ["release", fromRelease],
  ["Go module", fromModules],
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
    if (typeof found !== "string") return found;
    reasons.push(`${name}: ${found}`);
    if (name === "release" || name === "Go module") say(`not from its ${name}: ${found}`, "notice");
  }
  throw new UserError({
    what: `${tool.name} ${tool.version} can't be had (${reasons.join("; ")})`,
    todo: tool.byHand,
  });
}

/** Looks for a tool without getting it. Returns undefined where it is neither on PATH nor in the cache. */
export async function find(tool: Tool, machine: Machine): Promise<Found | undefined> {
  for (const way of [onPath, inCache]) {
    const found = await way(tool, machine);
    if (typeof found !== "string") return found;
  }
  return undefined;
}
