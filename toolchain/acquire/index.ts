import { UserError } from "../../common/problem";
import type { Machine } from "../machine";
import type { Say } from "../step";
import type { Found, Tool } from "../tool";
import { inCache } from "./cache";
import { onPath } from "./path";
import { fromRelease } from "./release";

/**
 * Tries to get a tool from one source.
 *
 * @returns the tool, or the reason why the source doesn't have it, in a few words; undefined if the source doesn't apply
 * to the tool
 */
type TrySource = (tool: Tool, machine: Machine, say: Say) => Promise<Found | string | undefined>;

/** Loaded only if the download has failed. */
const fromModules: TrySource = async (tool, machine, say) =>
  (await import("../offline/index.js")).fromModules(tool, machine, say);

/** The sources, in the order in which to try them. */
const sources: readonly (readonly [name: string, trySource: TrySource])[] = [
  ["PATH", onPath],
  ["the cache", inCache],
  ["its release", (tool, machine, say) => fromRelease(tool, machine, say, "patiently")],
  ["its Go module", fromModules],
];

/**
 * Gets a tool from the first source that has it. Says why the sources before it don't have it.
 *
 * @throws UserError with the reason of each source, if none has the tool
 */
export async function acquire(tool: Tool, machine: Machine, say: Say): Promise<Found> {
  const reasons: string[] = [];
  for (const [name, trySource] of sources) {
    const found = await trySource(tool, machine, say);
    if (typeof found === "object") return found;
    if (found === undefined) continue;
    reasons.push(`not from ${name}: ${found}`);
    say(`not from ${name}: ${found}`, "notice");
  }
  throw new UserError({
    what: [`${tool.name} ${tool.version} is not available`, ...reasons].join("\n  "),
    todo: tool.byHand,
  });
}

/** Finds a tool on PATH or in the cache. Returns the reason in a few words if it is in neither. */
export async function find(tool: Tool, machine: Machine): Promise<Found | string> {
  const ambient = await onPath(tool, machine);
  if (typeof ambient === "object") return ambient;
  return (await inCache(tool, machine)) ?? ambient ?? "missing";
}
