import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { basename, join } from "node:path";
import { poll } from "../../common/poll";
import { UserError } from "../../common/problem";
import type { Say } from "../../toolchain/step";
import type { StatePaths } from "./paths";

/** How often the locks are checked, in milliseconds. */
const POLL_MS = 500;
/** How long a lock may be unreadable, in milliseconds. After that, its writer counts as killed. */
const UNREADABLE_MS = 10_000;

/** A lock of the engine, which says who runs an update. If it can't be read, only `file` is set. */
interface EngineLock {
  readonly file: string;
  readonly pid?: number;
  readonly hostname?: string;
  readonly username?: string;
  /** ISO 8601. */
  readonly timestamp?: string;
}

/**
 * Waits until no update of the stack runs. Removes the locks of killed updates.
 *
 * @throws UserError naming who runs the update, if it still runs after `withinMs`
 */
export async function waitForLock(paths: StatePaths, withinMs: number, say: Say): Promise<void> {
  const started = Date.now();
  let lock: EngineLock | undefined;
  let kind: "notice" | "progress" = "notice";
  const free = await poll({ withinMs, everyMs: POLL_MS }, () => {
    [lock] = removeDeadLocks(paths.locks);
    if (lock === undefined) return true;
    say(waitingFor(paths.stack, lock), kind);
    kind = "progress";
    return undefined;
  });
  if (free === undefined && lock !== undefined) throw stillRunning(paths.stack, lock, Date.now() - started);
}

/**
 * Removes the locks of killed updates: those of this host whose process is gone. They would stop the next update with
 * "the stack is currently locked". `pulumi cancel` would also remove the lock of a running update.
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

/** The locks in a folder. To the engine, every file is a lock, even if half-written, except for attributes. */
export function locksIn(folder: string): EngineLock[] {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => !name.endsWith(".attrs")) : [];
  return names.flatMap((name) => readLock(join(folder, name)) ?? []);
}

/** Undefined if the lock has just been removed. */
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

/** Whether a process is a running Pulumi: another program may have the same number by now. True if unknown. */
function isEngine(pid: number): boolean {
  const process = existsSync("/proc/self/stat") ? fromProc(pid) : fromPs(pid);
  if (process === "unknown") return true;
  // Z is a zombie: the process has ended.
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
function holderOf({ pid, username, hostname, timestamp }: EngineLock): string {
  if (pid === undefined) return "its lock can't be read";
  const since = timestamp === undefined ? "" : `, since ${new Date(timestamp).toLocaleString("sv")}`;
  return `pid ${pid} of ${username}@${hostname}${since}`;
}

/** The message while waiting for an update. @param lock undefined if the engine doesn't name it */
export function waitingFor(stack: string, lock: EngineLock | undefined): string {
  return `another update of the stack ${stack} is running${held(lock)}: waiting`;
}

function held(lock: EngineLock | undefined): string {
  return lock === undefined ? "" : ` (${holderOf(lock)})`;
}

/** The error if another update runs for too long. */
export function stillRunning(stack: string, lock: EngineLock | undefined, waitedMs: number): UserError {
  const time = waitedMs < 60_000 ? "" : ` after ${Math.round(waitedMs / 60_000)} min`;
  return new UserError({
    what: `Another update of the stack ${stack} is still running${time}${held(lock)}`,
    ...(lock && { where: lock.file }),
    todo: `wait until it ends, or end it; if its machine is gone: npx pulumi cancel. Then run the same command again`,
  });
}

/** The lock that the engine names when it refuses an update (pulumi's pkg/backend/diy/lock.go). */
export function lockNamedIn(message: string): EngineLock | undefined {
  const found = /^ *(\S+): created by (.+)@(\S+) \(pid (\d+)\) at (\S+)$/m.exec(message);
  if (found === null) return undefined;
  const [, file = "", username = "", hostname = "", pid = "", timestamp = ""] = found;
  return { file, username, hostname, pid: Number(pid), timestamp };
}

/**
 * Refuses to wait for an update that no longer runs, in a state that other machines share. The lock isn't removed: its
 * host name is this machine's, but another machine may have the same name.
 *
 * @throws UserError that says how to remove the lock
 */
export function refuseDeadLock(stack: string, lock: EngineLock | undefined): void {
  if (lock?.pid === undefined || lock.hostname !== hostname() || isEngine(lock.pid)) return;
  throw new UserError({
    what: `The stack ${stack} is locked by an update that doesn't run on this machine any more (${holderOf(lock)})`,
    where: lock.file,
    todo: `npx pulumi cancel, if no other machine is called ${lock.hostname}; then run the same command again`,
  });
}
