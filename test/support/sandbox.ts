import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Machine } from "../../toolchain/machine";
import type { Say } from "../../toolchain/step";
import { folderWith } from "./folder";

/** A machine in a temporary folder. Its PATH is one folder, with only what a test puts there. */
export class Sandbox {
  readonly root = folderWith({});
  readonly bin = join(this.root, "bin");
  readonly notices: string[] = [];
  readonly said: string[] = [];
  readonly machine: Machine = {
    os: "linux",
    arch: "amd64",
    root: false,
    debian: false,
    lacksSysResource: false,
    cgroupV1: false,
    systemd: false,
    cacheDir: join(this.root, "cache"),
    pulumiHome: join(this.root, "pulumi"),
    minikubeHome: join(this.root, ".minikube"),
    env: { PATH: this.bin, HOME: this.root },
  };

  readonly say: Say = (line, kind) => {
    (kind === "notice" ? this.notices : this.said).push(line);
  };

  /** Writes an executable shell script, by default on PATH. It finds the system's commands. */
  script(name: string, body: string, dir = this.bin): string {
    return this.file(join(dir, name), `#!/bin/sh\nPATH=/usr/bin:/bin\n${body}\n`, 0o755);
  }

  file(path: string, text: string, mode = 0o644): string {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { mode });
    return path;
  }

  /** The lines that scripts have added to a file of this name in the root. */
  lines(name: string): string[] {
    return readFileSync(join(this.root, name), "utf8").trim().split("\n");
  }
}

/** Gives each test of the suite a sandbox of its own. */
export function useSandbox(): () => Sandbox {
  let sandbox: Sandbox | undefined;
  beforeEach(() => (sandbox = new Sandbox()));
  return () => sandbox ?? new Sandbox();
}

/** The names in a folder, sorted; none if it doesn't exist. */
export function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir).sort();
  } catch {
    return [];
  }
}
