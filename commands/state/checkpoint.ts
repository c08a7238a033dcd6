import { existsSync, readFileSync, statSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { StatePaths } from "./paths";

/** A resource in the state. It has more fields, which stay as they are. */
export interface Resource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: { readonly metadata?: { readonly name?: unknown; readonly namespace?: unknown } };
}

/** An operation that an update has begun and not finished. */
export interface Operation {
  readonly type: string;
  readonly resource: Resource;
}

/** The deployed resources, as the engine knows them. */
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
 * The file with a stack's state, compressed or not. Undefined if there is no such stack, or if the file is compressed
 * with zstd, which Node.js 20 can't read.
 */
export function stateFile({ file }: StatePaths): string | undefined {
  if (existsSync(`${file}.zst`)) return undefined;
  const files = [file, `${file}.gz`].filter((name) => existsSync(name));
  // Both exist if the engine was killed after its compression was switched on or off: the engine reads the newer one.
  return files.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
}

/** Reads a state file, or a copy of one. @throws Error with the reason, if the file is truncated or otherwise damaged */
export function readCheckpoint(file: string): Checkpoint {
  const bytes = readFileSync(file);
  const content = JSON.parse((isGzip(bytes) ? gunzipSync(bytes) : bytes).toString("utf8")) as unknown;
  if (!isCheckpoint(content)) throw new Error("its JSON is not a state");
  return content;
}

function isCheckpoint(content: unknown): content is Checkpoint {
  const { version, checkpoint } = (content ?? {}) as Partial<Checkpoint>;
  return typeof version === "number" && typeof checkpoint === "object" && checkpoint !== null;
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The file beside a state file that has its checksum and other attributes. */
export function attributesOf(file: string): string {
  return `${file}.attrs`;
}
