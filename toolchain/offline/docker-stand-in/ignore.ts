import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/**
 * The patterns of a build context's ignore file, as Docker reads it: the last pattern that matches a path or
 * one of its parents decides, and a leading "!" takes a path back in.
 * Source: docs.docker.com/build/concepts/context/#dockerignore-files.
 */
export class IgnoreFile {
  private readonly rules: readonly Rule[];

  constructor(readonly patterns: readonly string[]) {
    this.rules = patterns.map(toRule);
  }

  /** Is this path left out? It is relative to the context, with slashes. */
  ignores(name: string): boolean {
    const parts = name.split("/");
    const withParents = parts.map((_, index) => parts.slice(0, index + 1).join("/"));
    const last = this.rules.findLast(({ regexp }) => withParents.some((each) => regexp.test(each)));
    return last !== undefined && !last.exception;
  }

  /** Can a folder that is left out have something inside that isn't, by any exception there is? */
  mayKeepIn(folder: string): boolean {
    return (
      this.namesIn(folder) || this.rules.some(({ exception, glob }) => exception && /[*?[\\]/.test(glob))
    );
  }

  /** Does an exception name something inside a folder that is left out? */
  namesIn(folder: string): boolean {
    return this.rules.some(({ exception, glob }) => exception && glob.startsWith(`${folder}/`));
  }

  /** The same patterns with more at their end. */
  with(...more: readonly string[]): IgnoreFile {
    return new IgnoreFile([...this.patterns, ...more]);
  }
}

/**
 * Reads the ignore file of a build. One that is named after the Dockerfile comes before the context's own.
 * Source: docs.docker.com/build/concepts/context/#filename-and-location.
 */
export function readIgnoreFile(context: string, dockerfile: string): IgnoreFile {
  const candidates = [`${dockerfile}.dockerignore`, path.join(context, ".dockerignore")];
  const found = candidates.find((file) => existsSync(file));
  return new IgnoreFile(found === undefined ? [] : patternsIn(readFileSync(found, "utf8")));
}

interface Rule {
  readonly exception: boolean;
  readonly glob: string;
  readonly regexp: RegExp;
}

function patternsIn(text: string): string[] {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  return lines
    .filter((line) => !line.startsWith("#"))
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function toRule(pattern: string): Rule {
  const exception = pattern.startsWith("!");
  const said = exception ? pattern.slice(1).trim() : pattern;
  const glob = path.posix
    .normalize(said)
    .replace(/^\/+(?=.)/, "")
    .replace(/(?<=.)\/$/, "");
  return { exception, glob, regexp: toRegExp(glob) };
}

/** One piece of a pattern: "**" with its slash, a wildcard, a class, an escaped character, or a plain one. */
const PIECES = /(\*\*\/?$)|(\*\*\/?)|(\*)|(\?)|(\[[^\]]*\])|\\(.)|([^])/gu;

function toRegExp(glob: string): RegExp {
  const source = glob.replace(PIECES, (_, rest, folders, many, one, set, escaped, plain) => {
    if (rest !== undefined) return ".*";
    if (folders !== undefined) return "(.*/)?";
    if (many !== undefined) return "[^/]*";
    if (one !== undefined) return "[^/]";
    if (set !== undefined) return String(set);
    return String(escaped ?? plain).replace(/[\\^$.*+?()[\]{}|/-]/u, "\\$&");
  });
  return new RegExp(`^${source}$`, "us");
}
