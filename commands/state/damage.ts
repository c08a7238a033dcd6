import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { UserError } from "../../common/problem";
import type { Say } from "../../toolchain/step";
import { writeAtomically } from "../../common/atomic-write";
import { attributesOf, readCheckpoint, stateFile } from "./checkpoint";
import type { StatePaths } from "./paths";

/** A file of a stack's state that the engine can't read: a full disk or a power cut leaves such files. */
export interface Damage {
  readonly file: string;
  readonly why: string;
}

/** What is wrong with a stack's state, if anything. */
export function damageOf(paths: StatePaths): Damage | undefined {
  const file = stateFile(paths);
  if (file === undefined) return undefined;
  return unreadable(file, readCheckpoint) ?? unreadable(attributesOf(file), readAttributes);
}

/**
 * Replaces a damaged file by the newest whole copy that the engine made. The damaged file is kept beside it.
 *
 * @throws UserError if there is no copy that can be read
 */
export function recover(paths: StatePaths, { file, why }: Damage, say: Say): void {
  if (file.endsWith(attributesOf(""))) {
    rmSync(file);
    say(`${file} could not be read (${why}): removed, the engine can do without it`, "notice");
    return;
  }
  const copy = newestCopy(paths);
  if (copy === undefined) throw noCopy(paths, { file, why });
  const content = readFileSync(copy);
  const kept = `${file}.damaged-${new Date().toISOString().replace(/\W/g, "")}`;
  renameSync(file, kept);
  writeAtomically(file, content);
  // Its checksum is the damaged file's. The engine can do without.
  rmSync(attributesOf(file), { force: true });
  say(
    `the state ${file} could not be read (${why}): it is recovered from ${copy}, and kept as ${kept}`,
    "notice",
  );
}

/** The newest copy of a stack's state that can be read. The engine makes one before it writes, and after an update. */
export function newestCopy({ stack, file, copies }: StatePaths): string | undefined {
  const before = [`${file}.bak`, `${file}.gz.bak`].filter((name) => existsSync(name));
  const after = copies.flatMap((folder) => filesIn(folder).filter((name) => isCopy(basename(name), stack)));
  return [...before, ...after]
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)
    .find((name) => unreadable(name, readCheckpoint) === undefined);
}

/** Such as `dev.1763000000000000000.json` in backups, and `dev-1763000000000000000.checkpoint.json` in history. */
function isCopy(name: string, stack: string): boolean {
  return name.startsWith(stack) && /^(\.\d+|-\d+\.checkpoint)\.json(\.gz)?$/.test(name.slice(stack.length));
}

function filesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}

/** Why a file can't be read; undefined if it can. A system error, such as a missing permission, isn't damage. */
function unreadable(file: string, read: (file: string) => unknown): Damage | undefined {
  try {
    read(file);
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    return { file, why: statSync(file).size === 0 ? "it is empty" : (error as Error).message };
  }
}

function readAttributes(file: string): void {
  if (existsSync(file)) JSON.parse(readFileSync(file, "utf8"));
}

function noCopy({ stack, file: original }: StatePaths, { file, why }: Damage): UserError {
  return new UserError({
    what: `the state of the stack ${stack} can't be read (${why}), and the engine left no copy that can`,
    where: file,
    todo: `put a copy of your own there, if you have one; else move it away (mv ${file} ${original}.lost), then npm run up, which takes over again what this stack made in the cluster`,
  });
}
