import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir, hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Stack } from "@pulumi/pulumi/automation";

/** What the engine writes into a lock file of its local backend. */
interface Lock {
  readonly pid: number;
  readonly hostname: string;
}

/**
 * Takes away the locks that an update left when it was killed: those of this host whose process is gone. Without
 * this the next update would stop with "the stack is currently locked". A lock of a living process stays.
 */
export async function removeStaleLocks(stack: Stack, env: NodeJS.ProcessEnv): Promise<void> {
  const { backend, name: project } = await stack.workspace.projectSettings();
  const home = backendFolder(env.PULUMI_BACKEND_URL ?? backend?.url ?? "");
  if (home === undefined) return;
  const dir = join(home, ".pulumi", "locks", "organization", project, stack.name);
  const files = existsSync(dir) ? readdirSync(dir).map((file) => join(dir, file)) : [];
  if (files.length > 0 && files.every(isStale)) await stack.cancel();
}

/** The folder of a `file://` backend; `~` in it is the home. Other backends keep their own order. */
function backendFolder(url: string): string | undefined {
  if (!url.startsWith("file://")) return undefined;
  if (url.startsWith("file://~")) return join(homedir(), url.slice("file://~".length));
  return fileURLToPath(url);
}

function isStale(file: string): boolean {
  try {
    const lock = JSON.parse(readFileSync(file, "utf8")) as Lock;
    return lock.hostname === hostname() && !isAlive(lock.pid);
  } catch {
    // Half-written: whoever wrote it was killed while doing so, or will have finished a moment later.
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
