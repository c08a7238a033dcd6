import * as z from "zod";
import { isEnvName, isLabelKey, isLabelValue, parseQuantity } from "./grammar";
import { shownValue } from "./shown";
import { TAG } from "../../common/build-context/tag";
import { reservedLabels, reservedVariables } from "./reserved";

export const path = text(
  (value) => /^\/\S*$/.test(value),
  "a path that starts with / and has no spaces, such as /healthcheck",
);

export const flag = z.enum(["true", "false"], "true or false").transform((value) => value === "true");

export const labels = entries((key, value) => {
  if (isOneOf(reservedLabels, key)) return "any other label: name and release are what finds the pods";
  if (!isLabelKey(key)) return "a key as in Kubernetes: [prefix/]name of letters, digits, - _ . (63 at most)";
  if (typeof value !== "string") return inQuotes(value);
  return isLabelValue(value)
    ? undefined
    : "at most 63 letters, digits, - _ . that begin and end with a letter or digit";
});

export const env = entries((name, value) => {
  if (name === "__proto__") return "any other name: JavaScript takes this one for something else";
  if (isOneOf(reservedVariables, name)) return "any other variable: this one is set by the stack";
  if (!isEnvName(name)) return "a name of letters, digits, - _ . that doesn't begin with a digit";
  if (typeof value !== "string") return inQuotes(value);
  return value.includes("\0") ? "text without NUL characters: no variable can hold them" : undefined;
});

/** Quantities are often whole numbers, which YAML has a type for. */
const quantity = z
  .union([z.string(), z.number()], "a quantity such as 100m or 100Mi")
  .transform(String)
  .refine((value) => parseQuantity(value) !== undefined, "a quantity such as 100m or 100Mi");

/** What a small Node.js service needs, and what a broken one may take from its neighbours. */
export const resources = object({
  requests: object({ cpu: quantity.default("100m"), memory: quantity.default("100Mi") }).prefault({}),
  limits: object({ cpu: quantity.default("1"), memory: quantity.default("256Mi") }).prefault({}),
}).superRefine(({ requests, limits }, context) => {
  for (const name of ["cpu", "memory"] as const) {
    const [request, limit] = [requests[name], limits[name]];
    const [least, most] = [parseQuantity(request), parseQuantity(limit)];
    if (least === undefined || most === undefined) continue; // which is said already
    if (least <= most && most > 0n) continue;
    context.addIssue({
      code: "custom",
      path: ["limits", name],
      input: limit,
      message:
        most === 0n
          ? "more than 0, which for Kubernetes is no limit at all"
          : `at least as much as resources.requests.${name}, which is ${request}`,
    });
  }
});

const tag = z
  .string("a release's tag, as npm run releases shows it")
  .regex(TAG, "a release's tag, as npm run releases shows it");

export const rolledBack = object({ from: tag, to: tag });

const buildArgs = entries((name, value) => {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return "the name of an ARG: letters, digits and _";
  return typeof value === "string" ? undefined : inQuotes(value);
});

export const build = object({
  dockerfile: text((value) => value !== "", "a file, relative to the service's folder").default("Dockerfile"),
  context: text((value) => value !== "", "a folder, relative to the service's folder").default("."),
  target: text((value) => value !== "", "the name of a stage of the Dockerfile").optional(),
  args: buildArgs.default({}),
});

export function text(allowed: (value: string) => boolean, message: string) {
  return z.string().refine(allowed, message);
}

/** Digits only: Number() alone would also take "1e1", "0x10" and " 5 ". */
export function wholeNumber(min: number, max: number) {
  const message = `a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d+$/, message)
    .transform(Number)
    .pipe(z.number().min(min, message).max(max, message));
}

/** Pulumi hands everything that isn't plain text over as JSON. */
export function json<T extends z.ZodType>(value: T) {
  const parsed = z.string().transform((content, context): unknown => {
    try {
      return JSON.parse(content);
    } catch {
      context.addIssue({ code: "custom", message: "keys and values, in YAML or JSON" });
      return z.NEVER;
    }
  });
  return parsed.pipe(value);
}

/** An object with fixed keys, which an error about an unknown key names. */
export function object<T extends z.ZodRawShape>(shape: T) {
  const keys = Object.keys(shape);
  const error = ({ code }: { code: string }) =>
    code === "unrecognized_keys" ? keys.join(", ") : `an object with ${keys.join(" and ")}`;
  return z.strictObject(shape, { error });
}

/** Keys with text. A function tells what is allowed instead of a pair that it refuses. */
function entries(allowed: (key: string, value: unknown) => string | undefined) {
  // Not z.record(), which leaves a key out without a word: __proto__.
  const pairs = z.custom<Record<string, unknown>>(isObject, "keys and values, in YAML or JSON");
  return pairs.transform((given, context): Record<string, string> => {
    for (const [key, value] of Object.entries(given)) {
      const message = allowed(key, value);
      if (message !== undefined) context.addIssue({ code: "custom", path: [key], input: value, message });
    }
    return given as Record<string, string>;
  });
}

function isOneOf(list: readonly string[], text: string): boolean {
  return list.includes(text);
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** YAML takes 1 and true for what they look like. */
function inQuotes(value: unknown): string {
  return isObject(value) || Array.isArray(value) ? "text" : `text, in quotes: "${shownValue(value)}"`;
}
