import { existsSync, readFileSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { join, resolve } from "node:path";
import type { Workspace } from "@pulumi/pulumi/automation";

/** Where the engine keeps a stack whose backend is a folder (pulumi's pkg/backend/diy). */
export interface StatePaths {
  readonly stack: string;
  /** A folder with a file for each update that is running. */
  readonly locks: string;
  /** The state itself. If the engine is told to compress it, the name ends with `.gz`. */
  readonly file: string;
  /** Folders with a copy of the state as it was after each update. */
  readonly copies: readonly string[];
}

/** Finds a stack's state. Undefined if it isn't in a folder of this machine, or in one from before Pulumi 3.61. */
export async function statePaths(
  workspace: Workspace,
  stack: string,
  env: NodeJS.ProcessEnv,
): Promise<StatePaths | undefined> {
  const { backend, name: project } = await workspace.projectSettings();
  const folder = backendFolder(env.PULUMI_BACKEND_URL || backend?.url || "", workspace.workDir);
  if (folder === undefined) return undefined;
  const root = join(folder, ".pulumi");
  if (!hasProjects(root)) return undefined;
  return {
    stack,
    locks: join(root, "locks", "organization", project, stack),
    file: join(root, "stacks", project, `${stack}.json`),
    copies: ["backups", "history"].map((kind) => join(root, kind, project, stack)),
  };
}

function backendFolder(url: string, workDir: string): string | undefined {
  const path = /^file:\/\/([^?]*)/.exec(url)?.[1];
  if (path === undefined) return undefined;
  const folder = path.startsWith("~") ? join(accountHome(), path.slice(2)) : resolve(workDir, path);
  return folder.replace(/(%[0-9a-f]{2})+/gi, decodeURIComponent);
}

/** The home in the account database, which the engine goes by. HOME may be another one. */
function accountHome(): string {
  try {
    return userInfo().homedir;
  } catch {
    return homedir(); // the account is in no database
  }
}

/** Whether the backend has a folder for each project. Older ones don't; this file tells them apart. */
function hasProjects(root: string): boolean {
  const meta = join(root, "meta.yaml");
  return existsSync(meta) && !/^version: *0/m.test(readFileSync(meta, "utf8"));
}
