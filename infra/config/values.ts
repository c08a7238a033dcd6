import * as z from "zod";
import { parseQuantity } from "../../common/quantity";
import { isDnsLabel, isDnsSubdomain, isEnvName, isLabelKey, isLabelValue, isWritablePath } from "./grammar";
import { TAG } from "../../common/build-context/tag";
import { reservedLabels, reservedVariables } from "./reserved";

const EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"] as const;
/** In seconds: 68 years. */
const MAX_TOLERATION_SECONDS = 2 ** 31 - 1;

export const path = text(
  (value) => /^\/\S*$/.test(value),
  "a path that starts with / and has no spaces, such as /healthcheck",
);

export const flag = z.enum(["true", "false"], "true or false").transform((value) => value === "true");

const A_LABEL_KEY = "a key as in Kubernetes: [prefix/]name of letters, digits, - _ . (63 at most)";
const A_LABEL_VALUE = "at most 63 letters, digits, - _ . that begin and end with a letter or digit";

export const labels = entries((key, value) =>
  isOneOf(reservedLabels, key)
    ? "any other label: the stack finds its pods by name and release"
    : refuseLabel(key, value),
);

/** Labels that a node must have. */
export const nodeSelector = entries(refuseLabel);

function refuseLabel(key: string, value: string): string | undefined {
  if (!isLabelKey(key)) return A_LABEL_KEY;
  return isLabelValue(value) ? undefined : A_LABEL_VALUE;
}

export const env = entries((name, value) => {
  if (name === "__proto__") return "any other name: this one has a meaning of its own in JavaScript";
  if (isOneOf(reservedVariables, name)) return "any other variable: this one is set by the stack";
  if (!isEnvName(name)) return "a name of at most 253 letters, digits, - _ . that doesn't begin with a digit";
  return withoutNul(value) ? undefined : "text without NUL characters: no variable can hold them";
});

/** Folders that the container may write to, with the size of each. */
export const writable = entries((folder, size) => {
  if (!isWritablePath(folder)) {
    return "an absolute path without : or .., such as /var/cache; not /, nor below /dev, /proc or /sys";
  }
  const bytes = parseQuantity(size);
  return bytes !== undefined && bytes > 0n ? undefined : "a size such as 64Mi or 1Gi";
}).transform((given) => ({ "/tmp": "64Mi", ...given }));

/** A taint of a node that the pods accept (https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/). */
const toleration = object({
  key: typed(z.string(A_LABEL_KEY).refine(isLabelKey, A_LABEL_KEY)).exactOptional(),
  operator: z.enum(["Exists", "Equal"], "Exists or Equal").exactOptional(),
  value: typed(z.string(A_LABEL_VALUE).refine(isLabelValue, A_LABEL_VALUE)).exactOptional(),
  effect: z.enum(EFFECTS, EFFECTS.join(", ")).exactOptional(),
  tolerationSeconds: count(0, MAX_TOLERATION_SECONDS).exactOptional(),
}).superRefine(({ key, operator, value, effect, tolerationSeconds }, context) => {
  const refuse = (name: string, input: unknown, message: string) =>
    context.addIssue({ code: "custom", path: [name], input, message });
  if (key === undefined && operator !== "Exists")
    refuse("operator", operator, "Exists if there is no key: every taint is tolerated then");
  if (operator === "Exists" && value) refuse("value", value, "no value with the operator Exists");
  if (tolerationSeconds !== undefined && effect !== "NoExecute")
    refuse("effect", effect, "NoExecute if there are tolerationSeconds");
});

export const tolerations = z.array(toleration, "a list of tolerations, as in Kubernetes");

/** A quantity is often a whole number, which YAML doesn't take for text. */
const quantity = z
  .union([z.string(), z.number()], "a quantity such as 100m or 100Mi")
  .transform(String)
  .refine((value) => parseQuantity(value) !== undefined, "a quantity such as 100m or 100Mi");

/** Requests: what a small Node.js service needs. Limits: the most that a broken one may take from others. */
export const resources = object({
  requests: object({ cpu: quantity.default("100m"), memory: quantity.default("100Mi") }).prefault({}),
  limits: object({ cpu: quantity.default("1"), memory: quantity.default("256Mi") }).prefault({}),
}).superRefine((given, context) => {
  for (const { name, limit, allowed } of badLimits(given)) {
    context.addIssue({ code: "custom", path: ["limits", name], input: limit, message: allowed });
  }
});

/** Kubernetes quantities for one pod: what is reserved for it, and what it may use at most. */
export interface Resources {
  readonly requests: Readonly<Record<"cpu" | "memory", string>>;
  readonly limits: Readonly<Record<"cpu" | "memory", string>>;
}

/** The limits that are 0 or below what is requested, and what would be allowed. */
export function badLimits({ requests, limits }: Resources) {
  return (["cpu", "memory"] as const).flatMap((name) => {
    const [request, limit] = [requests[name], limits[name]];
    const [least, most] = [parseQuantity(request), parseQuantity(limit)];
    if (least === undefined || most === undefined) return []; // reported already
    if (most === 0n) return [{ name, limit, allowed: "more than 0, which means no limit in Kubernetes" }];
    const allowed = `at least as much as resources.requests.${name}, which is ${request}`;
    return least <= most ? [] : [{ name, limit, allowed }];
  });
}

export const A_LIST = "a list of words, each one argument";

/** A command line as a list of words: no shell splits it. */
export const words = z.array(z.unknown(), A_LIST).transform((given, context) =>
  given.map((word, index) => {
    const text = textOf(word);
    if (text !== undefined && withoutNul(text)) return text;
    context.addIssue({ code: "custom", path: [index], input: word, message: "text without NUL characters" });
    return z.NEVER;
  }),
);
export const someWords = words.refine((given) => given.length > 0, A_LIST);

const port = count(1, 65_535, "a port from 1 to 65535");

/** How the kubelet checks a container without HTTP. */
export const probe = z.union(
  [z.strictObject({ tcp: port }), z.strictObject({ command: someWords })],
  "tcp with a port from 1 to 65535, or command with a list of words",
);

const addresses = z.strictObject({ cidr: z.union([z.cidrv4(), z.cidrv6()]), port: port.optional() });
const pods = z.strictObject({
  namespace: z.string().refine(isDnsLabel),
  labels: entries(refuseLabel).optional(),
  port: port.optional(),
});

/** A destination in a NetworkPolicy: addresses, or pods by their namespace and labels. Without a port, every port. */
const destination = z.union(
  [addresses, pods],
  "cidr, such as 10.0.0.7/32, or namespace and perhaps labels; and perhaps a port from 1 to 65535. A NetworkPolicy knows no host names",
);
export type Destination = z.infer<typeof destination>;

export const destinations = z.array(destination, "a list of destinations");

/** The largest number of pods of a track. */
export const MAX_REPLICAS = 500;

/** The range of an autoscaler, in pods, and its target CPU use, in percent of what the pods request. */
export const autoscale = object({
  min: count(1, MAX_REPLICAS).default(2),
  max: count(1, MAX_REPLICAS),
  cpuPercent: count(1, 1000).default(70),
}).superRefine(({ min, max }, context) => {
  if (min <= max) return;
  const message = `at least autoscale.min, which is ${min}`;
  context.addIssue({ code: "custom", path: ["max"], input: max, message });
});

const tag = z
  .string("a release's tag, as npm run releases shows it")
  .regex(TAG, "a release's tag, as npm run releases shows it");

export const rolledBack = object({ from: tag, to: tag });

const ofOnePod = object({ cpu: quantity.exactOptional(), memory: quantity.exactOptional() });

/** A track's own settings. */
const track = object({
  replicas: count(0, MAX_REPLICAS).optional(),
  autoscale: autoscale.optional(),
  release: typed(tag).optional(),
  env: env.optional(),
  resources: object({ requests: ofOnePod.optional(), limits: ofOnePod.optional() }).optional(),
});
export type TrackValue = z.infer<typeof track>;

const A_TRACK = "a name of small letters, digits and - that starts with a letter, such as beta";

export const tracks = z
  .custom<Record<string, unknown>>(isObject, "tracks by name, in YAML or JSON")
  .refine((given) => !Object.hasOwn(given, "__proto__"), A_TRACK) // z.record() drops it silently
  .pipe(z.record(z.string().regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/), track, A_TRACK));

/** The Gateway that leads to a service, and the host that it leads there. */
export const gateway = object({
  name: text((value) => {
    const [name = "", namespace = "default", ...more] = value.split("/").reverse();
    return more.length === 0 && isDnsSubdomain(name) && isDnsLabel(namespace);
  }, "the name of a Gateway, with its namespace in front if that isn't the stack's: infra/public"),
  host: text(isDnsSubdomain, "a host such as shop.example.com").optional(),
});

const buildArgs = entries((name) =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? undefined : "the name of an ARG: letters, digits and _",
);

export const build = object({
  dockerfile: text((value) => value !== "", "a file, relative to the service's folder").default("Dockerfile"),
  context: text((value) => value !== "", "a folder, relative to the service's folder").default("."),
  target: text((value) => value !== "", "the name of a stage of the Dockerfile").optional(),
  args: buildArgs.default({}),
});

export function text(allowed: (value: string) => boolean, message: string) {
  return z.string().refine(allowed, message);
}

/** Digits only: Number() alone would also accept "1e1", "0x10" and " 5 ". */
export function wholeNumber(min: number, max: number) {
  const message = `a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d+$/, message)
    .transform(Number)
    .pipe(z.number().min(min, message).max(max, message));
}

/** Text that YAML and `pulumi config set --path` may have turned into a number or a boolean, such as a tag of digits. */
function typed<T extends z.ZodType>(value: T) {
  return z.preprocess((given) => textOf(given) ?? given, value);
}

/** A whole number in JSON: a number or text, as YAML and `pulumi config set --path` have made it. */
function count(min: number, max: number, message = `a whole number from ${min} to ${max}`) {
  return z
    .union([z.int(), z.string().regex(/^\d+$/).transform(Number)], message)
    .refine((number) => number >= min && number <= max, message);
}

/** A value in JSON: Pulumi passes everything that isn't plain text in it. */
export function json<T extends z.ZodType>(value: T, message = "keys and values, in YAML or JSON") {
  const parsed = z.string().transform((content, context): unknown => {
    try {
      return JSON.parse(content);
    } catch {
      context.addIssue({ code: "custom", message });
      return z.NEVER;
    }
  });
  return parsed.pipe(value);
}

/** An object with fixed keys. The error about an unknown key lists them. */
function object<T extends z.ZodRawShape>(shape: T) {
  const keys = Object.keys(shape);
  const error = ({ code }: { code: string }) =>
    code === "unrecognized_keys" ? keys.join(", ") : `an object with ${keys.join(" and ")}`;
  return z.strictObject(shape, { error });
}

/** An object whose values are text. `allowed` says what is allowed instead of a pair; undefined if the pair is valid. */
function entries(allowed: (key: string, value: string) => string | undefined) {
  // Not z.record(), which silently drops the key __proto__.
  const pairs = z.custom<Record<string, unknown>>(isObject, "keys and values, in YAML or JSON");
  return pairs.transform((given, context): Record<string, string> => {
    const taken = Object.entries(given).map(([key, value]) => {
      const text = textOf(value);
      const message = text === undefined ? notText(value) : allowed(key, text);
      if (message !== undefined) {
        const params = {
          meant: dotted(key, value).filter(([name, text]) => allowed(name, text) === undefined),
        };
        context.addIssue({ code: "custom", path: [key], input: value, message, params });
      }
      return [key, text ?? ""] as const;
    });
    return Object.fromEntries(taken);
  });
}

function isOneOf(list: readonly string[], text: string): boolean {
  return list.includes(text);
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** YAML and `pulumi config set --path` make numbers and booleans of 4 and true. Undefined if the text can't be restored. */
function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  const exact =
    typeof value === "boolean" || (typeof value === "number" && Math.abs(value) <= Number.MAX_SAFE_INTEGER);
  return exact ? String(value) : undefined;
}

function notText(value: unknown): string {
  if (typeof value === "number") return "text in quotes: a number as long as this loses digits";
  return isObject(value) ? "text; a name with dots in it needs brackets and quotes" : "text";
}

/** `--path labels.a.b/c x` makes nested objects, one for each dot. These are the names with their dots, and the texts. */
function dotted(name: string, value: unknown): [name: string, text: string][] {
  const text = textOf(value);
  if (text !== undefined) return [[name, text]];
  if (!isObject(value)) return [];
  return Object.entries(value as object).flatMap(([key, inner]) => dotted(`${name}.${key}`, inner));
}

function withoutNul(text: string): boolean {
  return !text.includes("\0");
}
