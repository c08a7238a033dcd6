import { readFile } from "node:fs/promises";
import { join } from "node:path";
import dockerignore from "@balena/dockerignore";
import { UserError } from "../problem";

/** Which paths of a build context are excluded. Paths are relative to the context, with `/` between their parts. */
export interface Excludes {
  excludes(path: string): boolean;
  /** Whether a pattern begins with `!`: then a file may be included although its folder is excluded. */
  readonly hasExceptions: boolean;
}

/** git's own folder, which changes with each commit. The pattern `!.git` includes it again. */
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
    const text = await readIfExists(file);
    if (text !== undefined) return excludesOf(text, file);
  }
  return excludesOf("", "");
}

/** An unreadable file is an error, not a missing file: the files that it excludes may be secret. */
async function readIfExists(file: string): Promise<string | undefined> {
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
  const matcher = dockerignore({ ignorecase: false }).add([GIT, ...lines].map(escapePattern));
  try {
    matcher.ignores("any"); // compiles every pattern
  } catch {
    throw malformedPatterns(file, lines);
  }
  return {
    excludes: (path) => matcher.ignores(path),
    hasExceptions: lines.some((line) => line.trimStart().startsWith("!")),
  };
}

/** Escapes the characters that Docker takes literally, but the library passes to a regular expression. */
function escapePattern(pattern: string): string {
  return pattern.replace(/\\.|[+(){}|]/g, (found) => (found.length > 1 ? found : `\\${found}`));
}

function malformedPatterns(file: string, lines: readonly string[]): UserError {
  const wrong = lines.filter((line) => {
    try {
      dockerignore()
        .add([escapePattern(line)])
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
      todo: "Fix the pattern: a [ needs a closing ], and a \\ needs a character after it.",
    })),
  );
}
