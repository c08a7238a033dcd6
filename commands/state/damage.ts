import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { UserError } from "../../common/problem";
import type { Say } from "../../toolchain/step";
import { writeAtomically } from "../../common/atomic-write";
import { attributesOf, readCheckpoint, stateFile } from "./checkpoint";
import type { StatePaths } from "./paths";

/** A file of a stack's state that the engine can't read, for example after a full disk or a power cut. */
interface Damage {
  readonly file: string;
  readonly why: string;
}

/** Finds a damaged file of a stack's state, if there is one. */
export function damageOf(paths: StatePaths): Damage | undefined {
  const file = stateFile(paths);
  if (file === undefined) return undefined;
  return unreadable(file, readCheckpoint) ?? unreadable(attributesOf(file), readAttributes);
}

/**
 * Replaces a damaged file with the engine's newest readable copy. Keeps the damaged file beside it.
 *
 * @throws UserError if no copy can be read
 */
export function recover(paths: StatePaths, { file, why }: Damage, say: Say): void {
  if (file.endsWith(attributesOf(""))) {
    rmSync(file);
    say(`${file} could not be read (${why}): it is removed, and the engine works without it`, "notice");
    return;
  }
  const copy = newestCopy(paths);
  if (copy === undefined) throw noCopy(paths, { file, why });
  const content = readFileSync(copy);
  const damaged = `${file}.damaged-${new Date().toISOString().replace(/\W/g, "")}`;
  renameSync(file, damaged);
  writeAtomically(file, content);
  // They have the checksum of the damaged file. The engine works without them.
  rmSync(attributesOf(file), { force: true });
  say(
    `the state ${file} could not be read (${why}): it is recovered from ${copy}, and kept as ${damaged}`,
    "notice",
  );
}

/** The newest readable copy of a stack's state. The engine makes a copy before it writes, and after each update. */
export function newestCopy({ stack, file, copies }: StatePaths): string | undefined {
  const before = [`${file}.bak`, `${file}.gz.bak`].filter((name) => existsSync(name));
  const after = copies.flatMap((folder) => filesIn(folder).filter((name) => isCopy(basename(name), stack)));
  return [...before, ...after]
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)
    .find((name) => unreadable(name, readCheckpoint) === undefined);
}

/** For example `dev.1763000000000000000.json` in backups, and `dev-1763000000000000000.checkpoint.json` in history. */
function isCopy(name: string, stack: string): boolean {
  return name.startsWith(stack) && /^(\.\d+|-\d+\.checkpoint)\.json(\.gz)?$/.test(name.slice(stack.length));
}

function filesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}

/** The damage if a file can't be parsed. A system error, such as a missing permission, is not damage: it is thrown. */
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
    what: `The state of the stack ${stack} can't be read (${why}), and there is no copy that can be read`,
    where: file,
    todo: `put your own copy there, if you have one; else mv ${file} ${original}.lost, then npm run up, which takes over the objects of this stack in the cluster`,
  });
}
