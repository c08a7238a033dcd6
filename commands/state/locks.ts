import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { basename, join } from "node:path";

/** What stands in a lock: who runs an update. A lock that can't be read has nothing but its file. */
export interface Lock {
  readonly file: string;
  readonly pid?: number;
  readonly hostname?: string;
  readonly username?: string;
  /** ISO 8601. */
  readonly timestamp?: string;
  /** Set in a lock that is ours and not the engine's. */
  readonly by?: string;
}

/** A lock that can't be read by then never will be, in milliseconds: whoever wrote it was killed while doing so. */
const UNREADABLE_MS = 10_000;
/** We never hold a lock that long, in milliseconds. */
const OURS_MS = 10_000;

/**
 * Takes away the locks that an update left when it was killed: those of this host whose process is gone. Without
 * this the next update would stop with "the stack is currently locked". Nothing else is touched, and above all no
 * lock that has come up since: `pulumi cancel` would take that too.
 *
 * @returns the others
 */
export function clearStale(folder: string): Lock[] {
  return locksIn(folder).filter((lock) => {
    if (!isStale(lock)) return true;
    for (const file of [lock.file, `${lock.file}.attrs`]) rmSync(file, { force: true });
    return false;
  });
}

/**
 * The locks that there are. The engine counts every file, also a temporary one that it was killed over; but not the
 * one beside each with what a bucket would know of it.
 */
export function locksIn(folder: string): Lock[] {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => !name.endsWith(".attrs")) : [];
  return names.flatMap((name) => readLock(join(folder, name)) ?? []);
}

/** Undefined where it has been taken away meanwhile. */
function readLock(file: string): Lock | undefined {
  try {
    return { ...(JSON.parse(readFileSync(file, "utf8")) as object), file };
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? undefined : { file };
  }
}

function isStale({ file, pid, hostname: host, by }: Lock): boolean {
  if (pid === undefined) return age(file) > UNREADABLE_MS;
  if (host !== hostname()) return false;
  return by === undefined ? !isEngine(pid) : !isAlive(pid) || age(file) > OURS_MS;
}

/** Milliseconds since a file was written; 0 where it is gone. */
function age(file: string): number {
  const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return written === undefined ? 0 : Date.now() - written;
}

/** Whether this is Pulumi at work. After a restart of the machine another program may have its number. */
function isEngine(pid: number): boolean {
  const { status, stdout } = spawnSync("ps", ["-o", "stat=", "-o", "comm=", "-p", `${pid}`], {
    encoding: "utf8",
  });
  // Without ps: a process that is there may be it.
  if (status === null) return isAlive(pid);
  const [, state = "", program = ""] = /^\s*(\S+)\s+(.*)$/.exec(stdout.trim()) ?? [];
  // Z: it has ended, and only nobody has asked how.
  return !state.startsWith("Z") && basename(program).startsWith("pulumi");
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
