import { accessSync, constants } from "node:fs";
import { delimiter, dirname, join, sep } from "node:path";
import semver from "semver";
import { attempt } from "../command";
import type { Machine } from "../machine";
import type { Found, Tool } from "../tool";

/** How long a tool may take to print its version, in milliseconds: a slow disk's first start, not a hang. */
const VERSION_TIMEOUT_MS = 10_000;

/** A tool on PATH whose version fits. npm's own folders don't count: what they hold are wrappers. */
export async function onPath(tool: Tool, machine: Machine): Promise<Found | string> {
  if (tool.onPath === undefined) return "not looked for";
  const file = which(tool.executables[0] ?? tool.name, machine.env.PATH ?? "");
  if (file === undefined) return "not there";
  const { fits, versionArgs } = tool.onPath;
  const version = versionArgs === undefined ? "?" : await versionOf(file, versionArgs);
  if (version === undefined) return `${file} does not say its version`;
  if (fits !== undefined && !semver.satisfies(version, fits)) return `${file} is ${version}, not ${fits}`;
  return { name: tool.name, version, source: "PATH", dir: dirname(file) };
}

/** The first file of this name on PATH that can be executed. */
export function which(name: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .filter((dir) => dir !== "" && !dir.split(sep).includes("node_modules"))
    .map((dir) => join(dir, name))
    .find(isExecutable);
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function versionOf(file: string, args: readonly string[]): Promise<string | undefined> {
  const { exitCode, output } = await attempt(file, args, { timeout: VERSION_TIMEOUT_MS });
  if (exitCode !== 0) return undefined;
  return /v?(\d+\.\d+\.\d+(?:-[\w.]+)?)/.exec(output)?.[1];
}
