import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import type { StatePlace } from "./place";

/** A resource in the state, or about to be in it. What is left out here is kept as it is. */
export interface Resource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: { readonly metadata?: { readonly name?: unknown; readonly namespace?: unknown } };
}

/** What an update had begun. */
export interface Operation {
  readonly type: string;
  readonly resource: Resource;
}

/** What is deployed, as the engine has it. */
export interface Snapshot {
  readonly resources?: readonly Resource[];
  readonly pending_operations?: readonly Operation[];
}

/** The content of a state file (pulumi's sdk/go/common/apitype: VersionedCheckpoint). */
export interface Checkpoint {
  readonly version: number;
  readonly checkpoint: { readonly latest?: Snapshot | null };
}

/**
 * The file with a stack's state, compressed or not; undefined where there is no such stack, or where the engine was
 * told to use zstd, which Node.js 20 can't read.
 */
export function stateFile({ file }: StatePlace): string | undefined {
  if (existsSync(`${file}.zst`)) return undefined;
  const files = [file, `${file}.gz`].filter((name) => existsSync(name));
  // Both are there after the engine was told to change over and then killed: it takes the newer one.
  return files.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
}

/** Reads a state file, or one of its copies. @throws Error saying why, where it is cut off or otherwise damaged */
export function readCheckpoint(file: string): Checkpoint {
  const bytes = readFileSync(file);
  const content = JSON.parse((isGzip(bytes) ? gunzipSync(bytes) : bytes).toString("utf8")) as unknown;
  if (!isCheckpoint(content)) throw new Error("it is JSON, but no state");
  return content;
}

function isCheckpoint(content: unknown): content is Checkpoint {
  const { version, checkpoint } = (content ?? {}) as Partial<Checkpoint>;
  return typeof version === "number" && typeof checkpoint === "object" && checkpoint !== null;
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Writes a state file, whole or not at all. */
export function writeCheckpoint(file: string, checkpoint: Checkpoint): void {
  const json = JSON.stringify(checkpoint);
  putInPlace(file, file.endsWith(".gz") ? gzipSync(json) : Buffer.from(json));
}

/** Replaces a state file, whole or not at all. */
export function putInPlace(file: string, content: Buffer): void {
  const draft = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(draft, content, { flush: true });
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
  // Its checksum is that of the file before. The engine can do without.
  rmSync(attributesOf(file), { force: true });
}

/** The file beside a state file with what a bucket would know of it. */
export function attributesOf(file: string): string {
  return `${file}.attrs`;
}
