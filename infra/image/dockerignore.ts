import { readFile } from "node:fs/promises";
import { join, posix } from "node:path";
import ignore from "ignore";

/** Which files of a build context are not sent to the daemon. Paths are relative to it, with `/` between. */
export interface Excludes {
  file(path: string): boolean;
  /** True where nothing below a folder is ever sent, so that nobody needs to look. */
  everythingBelow(folder: string): boolean;
}

interface Pattern {
  readonly lets: boolean;
  readonly matches: (path: string) => boolean;
}

/** What Docker needs to build, whatever the patterns say. */
const always = new Set(["Dockerfile", ".dockerignore"]);

/**
 * Reads a context's `.dockerignore`, or the `Dockerfile.dockerignore` that goes before it
 * (https://docs.docker.com/build/concepts/context/#dockerignore-files).
 */
export async function readDockerignore(folder: string): Promise<Excludes> {
  const content =
    (await read(folder, "Dockerfile.dockerignore")) ?? (await read(folder, ".dockerignore")) ?? "";
  const patterns = content.split(/\r?\n/).flatMap(parse);
  const reopens = patterns.some(({ lets }) => lets);
  const excluded = (path: string) => patterns.findLast(({ matches }) => matches(path))?.lets === false;
  return {
    file: (path) => !always.has(path) && excluded(path),
    everythingBelow: (path) => !reopens && excluded(path),
  };
}

async function read(folder: string, name: string): Promise<string | undefined> {
  return await readFile(join(folder, name), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}

/**
 * The patterns are those of .gitignore but for two rules: each is relative to the context, never to any folder in it,
 * and the last one that matches counts, even for a file whose folder an earlier one excludes. So each pattern is
 * anchored, and asked by itself.
 */
function parse(line: string): Pattern[] {
  const text = line.startsWith("#") ? "" : line.trim();
  const lets = text.startsWith("!");
  const glob = posix.normalize(`/${(lets ? text.slice(1) : text).trim()}`).replace(/\/$/, "");
  if (text === "" || glob === "") return [];
  const matcher = ignore({ ignorecase: false }).add(glob);
  return [{ lets, matches: (path) => matcher.ignores(path) }];
}
