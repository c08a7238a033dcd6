import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import {
  access,
  chmod,
  copyFile,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  stat,
  symlink,
  utimes,
} from "node:fs/promises";
import { join } from "node:path";
import { type Problem, UserError } from "../problem";
import type { Excludes } from "./dockerignore";

/** A file, folder or symbolic link of a build context, as it reaches the image. */
export interface Entry {
  /** Relative to the context, with `/` between its parts. */
  readonly path: string;
  readonly kind: "file" | "folder" | "link";
  /**
   * Readable for every user of the image: 644, or 755 if the owner may execute the file. git keeps no other bits: they
   * depend on the umask of the person who wrote the file.
   */
  readonly mode: 0o644 | 0o755 | 0o777;
  /** Bytes of a file; 0 for the others. */
  readonly size: number;
  /** The target of a link. */
  readonly target?: string;
}

/** An error lists at most this many problems. */
const MOST_PROBLEMS = 10;

/** Bytes of a file that are read at a time. */
const CHUNK = 1024 * 1024;

/** Files that are read at the same time. */
const AT_ONCE = 32;

/**
 * Lists a build context, sorted by path. As in Docker, sockets are skipped, and an excluded folder is listed if something
 * in it is included.
 *
 * @param omitted paths that are never listed
 * @throws {UserError} with every path that can't be part of an image
 */
export async function listEntries(
  context: string,
  excludes: Excludes = nothing,
  omitted: ReadonlySet<string> = new Set(),
): Promise<Entry[]> {
  const problems: Problem[] = [];
  const entries = await new Walk(context, excludes, omitted, problems).folder("");
  if (problems.length > 0) throw new UserError(...problems.slice(0, MOST_PROBLEMS));
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1)); // by code unit: the same order in any locale
}

/**
 * A hash of paths, kinds, modes and content, in hexadecimal: the same for the same content on any machine.
 *
 * @throws {UserError} if a file can't be read
 */
export async function digestOf(context: string, entries: readonly Entry[]): Promise<string> {
  const hash = createHash("sha256");
  for (let start = 0; start < entries.length; start += AT_ONCE) {
    const lines = entries.slice(start, start + AT_ONCE).map((entry) => lineOf(context, entry));
    for (const line of await Promise.all(lines)) hash.update(line);
  }
  return hash.digest("hex");
}

async function lineOf(context: string, entry: Entry): Promise<string> {
  const { path, kind, mode, target = "" } = entry;
  return JSON.stringify([path, kind, mode, kind === "file" ? await hashFile(context, entry) : target]);
}

/**
 * Copies entries into a folder, with their modes in the image and with their times: web servers send the times to
 * their clients.
 */
export async function copyEntries(context: string, entries: readonly Entry[], to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const { path, kind, mode, target = "" } of entries) {
    const copy = join(to, path);
    if (kind === "link") await symlink(target, copy);
    else if (kind === "folder") await mkdir(copy).then(() => chmod(copy, mode));
    else await copyEntry(join(context, path), copy, mode);
  }
}

async function copyEntry(file: string, copy: string, mode: number): Promise<void> {
  await copyFile(file, copy, constants.COPYFILE_FICLONE);
  await chmod(copy, mode);
  const { atime, mtime } = await stat(file);
  await utimes(copy, atime, mtime);
}

/** Reads a large file in chunks: it may be larger than the memory of Node.js. */
async function hashFile(context: string, { path, size }: Entry): Promise<string> {
  const hash = createHash("sha256");
  const file = join(context, path);
  try {
    if (size <= CHUNK) return hash.update(await readFile(file)).digest("hex");
    for await (const chunk of createReadStream(file, { highWaterMark: CHUNK })) hash.update(chunk as Buffer);
  } catch (error) {
    throw new UserError(unreadable(context, path, error));
  }
  return hash.digest("hex");
}

const nothing: Excludes = { excludes: () => false, hasExceptions: false };

class Walk {
  constructor(
    private readonly context: string,
    private readonly excludes: Excludes,
    private readonly omitted: ReadonlySet<string>,
    private readonly problems: Problem[],
  ) {}

  async folder(path: string): Promise<Entry[]> {
    const names = await this.attempt(path, () => readdir(join(this.context, path), { encoding: "buffer" }));
    const lists: Entry[][] = [];
    for (const name of names ?? []) lists.push(await this.entry(path, name));
    return lists.flat();
  }

  private async entry(parent: string, bytes: Buffer): Promise<Entry[]> {
    const path = parent === "" ? bytes.toString() : `${parent}/${bytes.toString()}`;
    if (this.omitted.has(path)) return [];
    const excluded = this.excludes.excludes(path);
    if (excluded && !this.excludes.hasExceptions) return [];
    if (!isUtf8(bytes)) return excluded ? [] : this.refuse(path, "has a name that isn't UTF-8", "Rename it");
    const stats = await this.attempt(path, () => lstat(join(this.context, path)));
    if (stats?.isDirectory()) {
      const inside = await this.folder(path);
      if (excluded && inside.length === 0) return [];
      return [{ path, kind: "folder", mode: 0o755, size: 0 }, ...inside];
    }
    if (stats === undefined || excluded || stats.isSocket()) return [];
    if (stats.isSymbolicLink()) return this.link(path);
    if (!stats.isFile()) return this.refuse(path, "is neither a file, a folder nor a link", "Remove it");
    return await this.file(path, stats);
  }

  private async file(path: string, { mode, size }: { mode: number; size: number }): Promise<Entry[]> {
    const readable = await this.attempt(path, async () => {
      await access(join(this.context, path), constants.R_OK);
      return true;
    });
    if (!readable) return [];
    return [{ path, kind: "file", mode: (mode & 0o100) === 0 ? 0o644 : 0o755, size }];
  }

  private async link(path: string): Promise<Entry[]> {
    const target = await this.attempt(path, () => readlink(join(this.context, path), { encoding: "buffer" }));
    if (target === undefined) return [];
    if (!isUtf8(target)) return this.refuse(path, "points to a name that isn't UTF-8", "Rename its target");
    return [{ path, kind: "link", mode: 0o777, size: 0, target: target.toString() }];
  }

  private refuse(path: string, what: string, todo: string): [] {
    const where = join(this.context, path);
    this.problems.push({
      what: `${path} ${what}.`,
      where,
      todo: `${todo}, or name it in the .dockerignore file.`,
    });
    return [];
  }

  private async attempt<T>(path: string, read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      this.problems.push(unreadable(this.context, path, error));
      return undefined;
    }
  }
}

function unreadable(context: string, path: string, error: unknown): Problem {
  return {
    what: `${path || "The folder"} can't be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}.`,
    where: join(context, path),
    todo: "Make it readable, or name it in the .dockerignore file.",
  };
}
