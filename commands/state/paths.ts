import { existsSync, readFileSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { join, resolve } from "node:path";
import type { Workspace } from "@pulumi/pulumi/automation";

/** Where the engine keeps the state of a stack, if its backend is a folder (pulumi's pkg/backend/diy). */
export interface StatePaths {
  readonly stack: string;
  /** A folder with a file for each running update. */
  readonly locks: string;
  /** The state itself. If it is compressed, its name has a further `.gz`. */
  readonly file: string;
  /** Folders with copies of the state after each update. */
  readonly copies: readonly string[];
}

/** Finds a stack's state. Undefined if it isn't in a folder of this machine, or the folder is older than Pulumi 3.61. */
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

/** The home folder in the account database, as the engine reads it. HOME may name another folder. */
function accountHome(): string {
  try {
    return userInfo().homedir;
  } catch {
    return homedir(); // the database doesn't have the account
  }
}

/** Whether the backend has a folder for each project. Older backends don't have that. */
function hasProjects(root: string): boolean {
  const meta = join(root, "meta.yaml");
  return existsSync(meta) && !/^version: *0/m.test(readFileSync(meta, "utf8"));
}
