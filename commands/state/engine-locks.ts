import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { basename, join } from "node:path";
import { poll } from "../../common/poll";
import { UserError } from "../../common/problem";
import type { Say } from "../../toolchain/step";
import type { StatePaths } from "./paths";

/** How often the locks are looked at, in milliseconds. */
const POLL_MS = 500;
/** How long a lock may be unreadable, in milliseconds. After that, its writer was killed while writing. */
const UNREADABLE_MS = 10_000;

/** What the engine writes into a lock: who runs an update. If the lock can't be read, there is only its file. */
export interface EngineLock {
  readonly file: string;
  readonly pid?: number;
  readonly hostname?: string;
  readonly username?: string;
  /** ISO 8601. */
  readonly timestamp?: string;
}

/**
 * Waits for an update of the stack that is running. Locks of updates that were killed are removed.
 *
 * @throws UserError naming who runs the update, if it still runs after `withinMs`
 */
export async function waitForLock(paths: StatePaths, withinMs: number, say: Say): Promise<void> {
  const started = Date.now();
  let lock: EngineLock | undefined;
  let told = false;
  const free = await poll({ withinMs, everyMs: POLL_MS }, () => {
    [lock] = removeDeadLocks(paths.locks);
    if (lock === undefined) return true;
    say(waitingFor(paths.stack, lock), told ? "progress" : "notice");
    told = true;
    return undefined;
  });
  if (free === undefined && lock !== undefined) throw stillRunning(paths.stack, lock, Date.now() - started);
}

/**
 * Removes the locks of updates that were killed: those of this host whose process is gone. Without this, the next
 * update would stop with "the stack is currently locked". `pulumi cancel` would remove the lock of a living update too.
 *
 * @returns the other locks
 */
export function removeDeadLocks(folder: string): EngineLock[] {
  return locksIn(folder).filter((lock) => {
    if (!isDead(lock)) return true;
    for (const file of [lock.file, `${lock.file}.attrs`]) rmSync(file, { force: true });
    return false;
  });
}

/** The locks in a folder. The engine counts every file as a lock, also a draft of one, but not its attributes. */
export function locksIn(folder: string): EngineLock[] {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => !name.endsWith(".attrs")) : [];
  return names.flatMap((name) => readLock(join(folder, name)) ?? []);
}

/** Undefined if the lock has been removed meanwhile. */
function readLock(file: string): EngineLock | undefined {
  try {
    return { ...(JSON.parse(readFileSync(file, "utf8")) as object), file };
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? undefined : { file };
  }
}

function isDead({ file, pid, hostname: host }: EngineLock): boolean {
  if (pid === undefined) return ageOf(file) > UNREADABLE_MS;
  return host === hostname() && !isEngine(pid);
}

/** Milliseconds since a file was written; 0 if it is gone. */
function ageOf(file: string): number {
  const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return written === undefined ? 0 : Date.now() - written;
}

/** Whether a process is a running Pulumi. Another program may have its number by now. Unknown counts as running. */
export function isEngine(pid: number): boolean {
  const process = existsSync("/proc/self/stat") ? fromProc(pid) : fromPs(pid);
  if (process === "unknown") return true;
  // Z: a zombie, which has ended.
  return process !== undefined && process.state !== "Z" && process.program.startsWith("pulumi");
}

interface Process {
  readonly program: string;
  /** One letter, as in proc(5) and ps(1). */
  readonly state: string;
}

/** Undefined if there is no such process. */
function fromProc(pid: number): Process | undefined | "unknown" {
  try {
    const [, program = "", state = ""] =
      /^\d+ \((.*)\) (.)/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
    return { program, state };
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    return ["ENOENT", "ESRCH"].includes(code) ? undefined : "unknown";
  }
}

/** Undefined if there is no such process. macOS has no /proc. */
function fromPs(pid: number): Process | undefined | "unknown" {
  const args = ["-o", "stat=", "-o", "comm=", "-p", `${pid}`];
  const { status, stdout } = spawnSync("ps", args, { encoding: "utf8" });
  if (status === null) return "unknown"; // there is no ps
  const [, state, program] = /^\s*(\S)\S*\s+(.*)$/.exec(stdout.trim()) ?? [];
  return state === undefined || program === undefined ? undefined : { program: basename(program), state };
}

/** Who runs an update, for messages. */
export function holderOf({ pid, username, hostname, timestamp }: EngineLock): string {
  if (pid === undefined) return "its lock can't be read";
  const since = timestamp === undefined ? "" : `, since ${new Date(timestamp).toLocaleString("sv")}`;
  return `pid ${pid} of ${username}@${hostname}${since}`;
}

/** The message while an update is waited for. `lock` is set if the engine has named it. */
export function waitingFor(stack: string, lock: EngineLock | undefined): string {
  return `another update of the stack ${stack} is running${held(lock)}: waiting`;
}

function held(lock: EngineLock | undefined): string {
  return lock === undefined ? "" : ` (${holderOf(lock)})`;
}

/** The error for an update of somebody else that goes on for too long. */
export function stillRunning(stack: string, lock: EngineLock | undefined, waitedMs: number): UserError {
  const time = waitedMs < 60_000 ? "" : ` after ${Math.round(waitedMs / 60_000)} min`;
  return new UserError({
    what: `another update of the stack ${stack} is still running${time}${held(lock)}`,
    ...(lock && { where: lock.file }),
    todo: `wait until it has ended, or end it; if its machine is gone: npx pulumi cancel. Then run the same command again`,
  });
}
