import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { homedir, hostname } from "node:os";
import { basename, join, resolve } from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";

/** What the engine writes into a lock file of its local backend. */
interface Lock {
  readonly pid: number;
  readonly hostname: string;
}

/** A lock that can't be read by now never will be, in milliseconds: whoever wrote it was killed while doing so. */
const UNREADABLE_MS = 60_000;

/**
 * Takes away the locks that an update left when it was killed: those of this host whose process is gone. Without
 * this the next update would stop with "the stack is currently locked". A lock of a living process stays.
 *
 * @returns whether there were any
 */
export async function removeStaleLocks(stack: Stack, env: NodeJS.ProcessEnv): Promise<boolean> {
  const { backend, name: project } = await stack.workspace.projectSettings();
  const home = backendFolder(env.PULUMI_BACKEND_URL ?? backend?.url ?? "", stack.workspace.workDir);
  if (home === undefined) return false;
  const dir = join(home, ".pulumi", "locks", "organization", project, stack.name);
  // Beside each lock lies another file with what a bucket would know of it (.json.attrs).
  const names = existsSync(dir) ? readdirSync(dir).filter((name) => name.endsWith(".json")) : [];
  const files = names.map((name) => join(dir, name));
  if (files.length === 0 || !files.every(isStale)) return false;
  await stack.cancel();
  return true;
}

/** The folder of a `file://` backend; `~` in it is the home. Other backends keep their own order. */
function backendFolder(url: string, workDir: string): string | undefined {
  const path = /^file:\/\/([^?]*)/.exec(url)?.[1];
  if (path === undefined) return undefined;
  return path.startsWith("~") ? join(homedir(), path.slice(1)) : resolve(workDir, path);
}

function isStale(file: string): boolean {
  try {
    const lock = JSON.parse(readFileSync(file, "utf8")) as Lock;
    return lock.hostname === hostname() && !isEngine(lock.pid);
  } catch {
    return existsSync(file) && Date.now() - statSync(file).mtimeMs > UNREADABLE_MS;
  }
}

/** Whether this is Pulumi at work. After a restart of the machine another program may have its number. */
function isEngine(pid: number): boolean {
  const { status, stdout } = spawnSync("ps", ["-o", "comm=", "-p", String(pid)], { encoding: "utf8" });
  // Without ps: a process that is there may be it.
  return status === null ? isAlive(pid) : basename(stdout.trim()).startsWith("pulumi");
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
