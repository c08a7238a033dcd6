import { existsSync, readFileSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { join, resolve } from "node:path";
import type { Workspace } from "@pulumi/pulumi/automation";

/** Where the engine keeps a stack whose backend is a folder (pulumi's pkg/backend/diy). */
export interface StatePlace {
  readonly stack: string;
  /** A file for each update that is running, with who runs it. */
  readonly locks: string;
  /** The state itself. The engine compresses it where it is told to: then `.gz` stands behind the name. */
  readonly file: string;
  /** Folders with a copy of the state as it was after each update. */
  readonly copies: readonly string[];
}

/** Where a stack's state is, or undefined where that is no folder of this machine, or one from before Pulumi 3.61. */
export async function statePlace(
  workspace: Workspace,
  stack: string,
  env: NodeJS.ProcessEnv,
): Promise<StatePlace | undefined> {
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

/** The home that the account database names, as the engine has it: HOME may say otherwise. */
function accountHome(): string {
  try {
    return userInfo().homedir;
  } catch {
    return homedir(); // an account that is in no database
  }
}

/** Older backends have no folder for each project, and this file only tells the others from them. */
function hasProjects(root: string): boolean {
  const meta = join(root, "meta.yaml");
  return existsSync(meta) && !/^version: *0/m.test(readFileSync(meta, "utf8"));
}
