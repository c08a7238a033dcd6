import { readFile } from "node:fs/promises";
import { join } from "node:path";
import dockerignore from "@balena/dockerignore";
import { UserError } from "../problem";

/** Which paths of a build context are left out. Paths are relative to it, with `/` between. */
export interface Excludes {
  leavesOut(path: string): boolean;
  /** True if a later pattern may take back in what a folder's own pattern leaves out. */
  readonly mayTakeBackIn: boolean;
}

/** What git keeps for itself: it changes with each commit and is no part of a service. `!.git` takes it back in. */
const GIT = "**/.git";

/**
 * Reads a context's `.dockerignore`, or the `<Dockerfile>.dockerignore` that takes precedence over it
 * (https://docs.docker.com/build/concepts/context/#dockerignore-files).
 *
 * @throws {UserError} if the file can't be read, or a pattern is malformed
 */
export async function readDockerignore(context: string, dockerfile: string): Promise<Excludes> {
  const candidates = [`${dockerfile}.dockerignore`, join(context, ".dockerignore")];
  for (const file of candidates) {
    const text = await readIfThere(file);
    if (text !== undefined) return excludesOf(text, file);
  }
  return excludesOf("", "");
}

/** A file that can't be read doesn't count as missing: what it names may be secret. */
async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw new UserError({ what: `The file can't be read: ${code}.`, where: file, todo: "Make it readable." });
  }
}

function excludesOf(text: string, file: string): Excludes {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  // Docker is case-sensitive; the library is only if this option is set.
  const matcher = dockerignore({ ignorecase: false }).add([GIT, ...lines].map(literally));
  try {
    matcher.ignores("any"); // compiles every pattern
  } catch {
    throw malformed(file, lines);
  }
  return {
    leavesOut: (path) => matcher.ignores(path),
    mayTakeBackIn: lines.some((line) => line.trimStart().startsWith("!")),
  };
}

/** Docker takes these characters literally; the library passes them to a regular expression. */
function literally(pattern: string): string {
  return pattern.replace(/\\.|[+(){}|]/g, (found) => (found.length > 1 ? found : `\\${found}`));
}

function malformed(file: string, lines: readonly string[]): UserError {
  const wrong = lines.filter((line) => {
    try {
      dockerignore()
        .add([literally(line)])
        .ignores("any");
      return false;
    } catch {
      return true;
    }
  });
  return new UserError(
    ...wrong.map((line) => ({
      what: `The pattern ${line.trim()} is malformed.`,
      where: file,
      todo: "Fix the pattern: a [ needs its ], and a \\ stands before the character that it escapes.",
    })),
  );
}
