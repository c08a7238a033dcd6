import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { StatePaths } from "../../commands/state/paths";
import { folderWith } from "./folder";

/** A folder with a stack's state, laid out as by the engine. */
export class StateFolder {
  readonly root = folderWith({});
  readonly paths: StatePaths = {
    stack: "dev",
    locks: this.path("locks", "organization", "project", "dev"),
    file: this.path("stacks", "project", "dev.json"),
    copies: [this.path("backups", "project", "dev"), this.path("history", "project", "dev")],
  };

  path(...names: readonly string[]): string {
    return join(this.root, ".pulumi", ...names);
  }

  /** Writes a file, and the folders that it is in. */
  write(file: string, content: object | string | Buffer): string {
    mkdirSync(dirname(file), { recursive: true });
    const isText = typeof content === "string" || Buffer.isBuffer(content);
    writeFileSync(file, isText ? content : JSON.stringify(content));
    return file;
  }

  /** Writes a lock, by default under a random name. */
  lock(content: object | string, name = `${Math.random()}.json`): string {
    return this.write(join(this.paths.locks, name), content);
  }
}

/** The number of a process that has ended. */
export function gone(): number {
  return spawnSync("true").pid;
}
