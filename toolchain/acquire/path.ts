import { accessSync, constants, statSync } from "node:fs";
import { delimiter, dirname, join, sep } from "node:path";
import semver from "semver";
import { attempt } from "../command";
import type { Machine } from "../machine";
import type { Found, Tool } from "../tool";

/** How long a tool may take to print its version, in milliseconds. Its first start from a slow disk takes seconds. */
const VERSION_TIMEOUT_MS = 10_000;

/** Finds a tool on PATH. Returns the reason if it doesn't fit; undefined if it isn't there. */
export async function onPath(tool: Tool, machine: Machine): Promise<Found | string | undefined> {
  if (tool.onPath === undefined) return undefined;
  const file = which(tool.executables[0] ?? tool.name, machine.env.PATH ?? "");
  if (file === undefined) return undefined;
  const missing = tool.executables.find((name) => !isExecutable(join(dirname(file), name)));
  if (missing !== undefined) return `${missing} is not beside ${file}`;
  const { fits, versionArgs } = tool.onPath;
  const version = versionArgs === undefined ? "?" : await versionOf(file, versionArgs, machine);
  if (version === undefined) return `${file} does not say its version`;
  if (fits !== undefined && !satisfies(version, fits)) return `${file} is ${version}, not ${fits}`;
  return { name: tool.name, version, source: "PATH", dir: dirname(file) };
}

/** Whether a version is in a range. To semver, a vendor's suffix (`1.34.1-eks-113cf36`) is a prerelease. */
function satisfies(version: string, range: string): boolean {
  return semver.satisfies(version, range, { includePrerelease: true });
}

/** The first executable file of this name on PATH. Skips folders in node_modules: npm puts wrappers there. */
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
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

async function versionOf(
  file: string,
  args: readonly string[],
  { env }: Machine,
): Promise<string | undefined> {
  const { exitCode, stdout } = await attempt(file, args, { env, timeout: VERSION_TIMEOUT_MS });
  if (exitCode !== 0) return undefined;
  return /v?(\d+\.\d+\.\d+(?:-[\w.-]+)?)/.exec(stdout)?.[1];
}
