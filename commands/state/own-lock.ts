import { randomUUID } from "node:crypto";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { locksIn } from "./locks";

/**
 * Does something to a stack's state while no update can run, by the engine's own rule: who has written a lock and
 * then finds no other, has the stack.
 *
 * @param work must not take longer than a moment
 * @returns false where somebody else has it: nothing was done
 */
export function whileLocked(folder: string, work: () => void): boolean {
  if (locksIn(folder).length > 0) return false;
  const file = join(folder, `${randomUUID()}.json`);
  writeLock(file);
  try {
    if (locksIn(folder).some((lock) => lock.file !== file)) return false;
    work();
    return true;
  } finally {
    rmSync(file, { force: true });
  }
}

/** Whole or not at all: the engine stumbles over a lock that it can't read. */
function writeLock(file: string): void {
  const [pid, timestamp] = [process.pid, new Date().toISOString()];
  const lock = { pid, username: username(), hostname: hostname(), timestamp, by: "koa-on-minikube" };
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${dirname(file)}-${randomUUID()}.new`;
  writeFileSync(draft, JSON.stringify(lock));
  renameSync(draft, file);
}

function username(): string {
  try {
    return userInfo().username;
  } catch {
    return "unknown"; // an account that is in no database
  }
}
