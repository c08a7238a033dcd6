import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Found, Release, Tool } from "../../toolchain/tool";
import type { FileServer } from "./file-server";

/** A tool for tests, declared like those of the toolchain. */
export const thing: Tool = {
  name: "thing",
  version: "1.2.3",
  executables: ["thing"],
  onPath: { fits: ">=1.2 <2", versionArgs: ["--version"] },
  byHand: "make a thing",
};

/** A script that prints this version. */
export function sayVersion(version: string): string {
  return `echo "thing version v${version}"`;
}

/** The executable in the tests' releases. It prints its version. */
export const executable = `#!/bin/sh\n${sayVersion("1.2.3")}\n`;

/** Publishes a bare executable with its checksum beside it. */
export function publishBare(server: FileServer): Release {
  server.answers["/thing"] = executable;
  server.answers["/thing.sha256"] = `${hashOf(executable)}\n`;
  return { url: `${server.url}/thing`, checksums: `${server.url}/thing.sha256` };
}

/** Publishes a .tar.gz whose files are in a folder, with a list of checksums. */
export function publishArchive(server: FileServer, root: string, names: readonly string[]): Release {
  const folder = mkdtempSync(join(root, "archive-"));
  mkdirSync(join(folder, "thing-1.2.3"));
  for (const name of names) {
    writeFileSync(join(folder, "thing-1.2.3", name), executable);
    chmodSync(join(folder, "thing-1.2.3", name), 0o755);
  }
  execFileSync("tar", ["-czf", join(folder, "thing.tar.gz"), "-C", folder, "thing-1.2.3"]);
  const archive = readFileSync(join(folder, "thing.tar.gz"));
  server.answers["/thing.tar.gz"] = archive;
  server.answers["/checksums.txt"] = `${"0".repeat(64)}  other.tar.gz\n${hashOf(archive)}  thing.tar.gz\n`;
  return { url: `${server.url}/thing.tar.gz`, checksums: `${server.url}/checksums.txt`, strip: 1 };
}

/** The hash of a file's bytes, in hex. */
export function hashOf(data: string | Buffer, algorithm = "sha256"): string {
  return createHash(algorithm).update(data).digest("hex");
}

/** The source of a found tool, or the reason why none was found. */
export function sourceOf(found: Found | string | undefined): string | undefined {
  return typeof found === "object" ? found.source : found;
}
