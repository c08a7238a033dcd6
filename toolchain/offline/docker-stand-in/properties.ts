import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { isDeepStrictEqual } from "node:util";

/** A resource's inputs or outputs, as the engine sends them: plain values, with markers for unknowns and secrets. */
export type Properties = Record<string, unknown>;

/**
 * The engine's markers in a preview for values that aren't known yet, one for each type of value.
 * Source: the Unknown…Value constants of Pulumi's Go SDK, sdk/go/common/resource/plugin/rpc.go.
 */
const UNKNOWNS: readonly unknown[] = [
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9", // a string
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // a bool
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // a number
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // an array
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // an object
];

/** The key in objects that stand for a special value, and its value in a secret. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** Reads properties of a message, without nulls: to a provider, null is the same as missing. */
export function fromStruct(struct: Struct | undefined): Properties {
  return withoutNulls(struct?.toJavaScript() ?? {}) as Properties;
}

/** Writes properties for a message. They must be valid JSON values. */
export function toStruct(properties: Properties): Struct {
  return Struct.fromJavaScript(properties as Record<string, JavaScriptValue>);
}

/** Marks a value as secret: the engine encrypts it in the state, and never shows it. */
export function secret(value: unknown): Properties {
  return { [SIGNATURE]: SECRET, value };
}

/** The value inside a secret, or any other value as it is. */
export function unwrapped(value: unknown): unknown {
  return isObject(value) && value[SIGNATURE] === SECRET ? value["value"] : value;
}

/** Whether a value, or anything inside it, is not known yet. */
export function hasUnknowns(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasUnknowns);
  if (isObject(value)) return Object.values(value).some(hasUnknowns);
  return UNKNOWNS.includes(value);
}

/** Whether a value is an object, and not an array. */
export function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** How a top-level property has changed. */
export type Change = "add" | "delete" | "update";

/** The changed top-level properties. */
export function compare(olds: Properties, news: Properties): Map<string, Change> {
  const changes = new Map<string, Change>();
  for (const key of new Set([...Object.keys(olds), ...Object.keys(news)])) {
    if (!(key in olds)) changes.set(key, "add");
    else if (!(key in news)) changes.set(key, "delete");
    else if (!isDeepStrictEqual(olds[key], news[key])) changes.set(key, "update");
  }
  return changes;
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== null && each !== undefined);
  return Object.fromEntries(entries.map(([key, each]) => [key, withoutNulls(each)]));
}
