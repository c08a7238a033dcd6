import { chmod, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { run } from "../command";
import type { Machine } from "../machine";
import type { Say } from "../step";
import type { Found, Release, Tool } from "../tool";
import { install } from "./cache";
import { download, DownloadError, downloadText, type Effort } from "./download";
import { isExecutable } from "./path";

/**
 * Gets a tool's official release, and checks its publisher's checksum. Returns the reason if that fails, undefined if the
 * tool has no release.
 *
 * @param effort `patiently` if a failure would lead to a build from source
 */
export async function fromRelease(
  tool: Tool,
  machine: Machine,
  say: Say,
  effort: Effort = "once",
): Promise<Found | string | undefined> {
  const release = tool.release?.(machine);
  if (release === undefined) return undefined;
  try {
    const checksum = checksumFor(basename(release.url), await downloadText(release.checksums, effort));
    if (checksum === undefined) return `${release.checksums} does not name ${basename(release.url)}`;
    const fetchTo = (file: string) => download(release.url, file, checksum, say, effort);
    const dir = await install(tool, machine, (folder) => unpack(tool, machine, release, fetchTo, folder));
    return { name: tool.name, version: tool.version, source: "release", dir };
  } catch (error) {
    if (error instanceof DownloadError) return error.message;
    throw error;
  }
}

/** Finds a file's checksum in a list of `checksum  name` lines. A list of only one checksum is for any name. */
export function checksumFor(name: string, list: string): string | undefined {
  const lines = list
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/));
  const line = lines.find(([, file]) => file !== undefined && basename(file.replace(/^\*/, "")) === name);
  const checksum = line?.[0] ?? (lines.length === 1 && lines[0]?.length === 1 ? lines[0][0] : undefined);
  return checksum !== undefined && /^[0-9a-f]+$/i.test(checksum) ? checksum.toLowerCase() : undefined;
}

async function unpack(
  tool: Tool,
  machine: Machine,
  release: Release,
  fetchTo: (file: string) => Promise<void>,
  folder: string,
): Promise<void> {
  if (release.strip === undefined) {
    const executable = join(folder, tool.executables[0] ?? tool.name);
    await fetchTo(executable);
    await chmod(executable, 0o755);
  } else {
    const archive = join(folder, basename(release.url));
    await fetchTo(archive);
    // Without --no-same-owner, root's tar would give the files to the publisher's user.
    const options = [`--strip-components=${release.strip}`, "--no-same-owner"];
    await run("tar", ["-xzf", archive, "-C", folder, ...options], { env: machine.env });
    await rm(archive);
  }
  const missing = tool.executables.find((name) => !isExecutable(join(folder, name)));
  if (missing !== undefined) throw new DownloadError(`${release.url} does not hold ${missing}`);
}
