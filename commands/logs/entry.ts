/** One line of a structured log. `fields` has everything that the other parts don't have. */
export interface Entry {
  /** ISO 8601, in UTC. */
  readonly time?: string;
  /** In lower case, for example `warn`. */
  readonly level?: string;
  readonly message?: string;
  /** Each value as text. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly stack?: string;
}

type Json = Readonly<Record<string, unknown>>;

/** The names of each part in the usual loggers: pino, winston, bunyan, zap, slog, Python's and Google's. */
const NAMES = {
  time: ["time", "timestamp", "@timestamp", "ts"],
  level: ["level", "severity"],
  message: ["msg", "message"],
  stack: ["err", "stack"],
} as const;

/** The numbers of pino and bunyan. */
const LEVELS: Readonly<Record<number, string>> = {
  10: "trace",
  20: "debug",
  30: "info",
  40: "warn",
  50: "error",
  60: "fatal",
};

/** Loggers count the time since 1970 in s, ms, µs or ns. Each unit in milliseconds. */
const UNITS = [1e3, 1, 1e-3, 1e-6];
/** A number is a time if one of the units puts it between these times, in milliseconds since 1970. */
const POSSIBLE = { first: Date.UTC(2000, 0), last: Date.UTC(2100, 0) };

/** Parses a line of a pod's log. @returns undefined if it isn't a JSON object, or is nested too deeply to be formatted */
export function readEntry(text: string, pod: string): Entry | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    return entryIn(JSON.parse(text) as Json, pod);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

function entryIn(json: Json, pod: string): Entry {
  const time = first(json, NAMES.time, timeIn);
  const level = first(json, NAMES.level, levelIn);
  const message = first(json, NAMES.message, (value) => (typeof value === "string" ? value : undefined));
  const stack = first(json, NAMES.stack, stackIn);
  const known = new Set([time?.name, level?.name, message?.name, stack?.name, ...aboutPod(json, pod)]);
  return {
    ...(time && { time: time.value }),
    ...(level && { level: level.value }),
    ...(message && { message: message.value }),
    ...(stack && { stack: stack.value }),
    fields: Object.entries(json)
      .filter(([name]) => !known.has(name))
      .map(([name, value]) => [name, valueText(value)] as const),
  };
}

/** The first of several fields that has a readable value, with its name. */
function first<T>(json: Json, names: readonly string[], read: (value: unknown) => T | undefined) {
  for (const name of names) {
    const value = Object.hasOwn(json, name) ? read(json[name]) : undefined;
    if (value !== undefined) return { name, value };
  }
  return undefined;
}

function timeIn(value: unknown): string | undefined {
  const number = typeof value === "string" && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  const candidates = typeof number === "number" ? UNITS.map((unit) => number * unit) : [isoTime(value)];
  const ms = candidates.find((candidate) => candidate >= POSSIBLE.first && candidate < POSSIBLE.last);
  return ms === undefined ? undefined : new Date(ms).toISOString();
}

/** Parses an ISO 8601 time, in UTC unless it names a zone, into milliseconds since 1970. NaN for anything else. */
function isoTime(value: unknown): number {
  if (typeof value !== "string") return NaN;
  const [, day, clock = "", zone = "Z"] =
    /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?) ?(Z|[+-]\d\d:?\d\d)?$/.exec(value) ?? [];
  return Date.parse(`${day}T${clock.replace(",", ".")}${zone}`);
}

function levelIn(value: unknown): string | undefined {
  if (typeof value === "number") return LEVELS[value] ?? String(value);
  return typeof value === "string" && /^[a-z]{1,12}$/i.test(value) ? value.toLowerCase() : undefined;
}

function stackIn(value: unknown): string | undefined {
  const { stack, message } = Object(value) as Json;
  return [stack, message, value].find((text): text is string => typeof text === "string");
}

/** The fields that repeat the pod's name. This project's own service adds `track` and `release`. */
function aboutPod(json: Json, pod: string): string[] {
  return [
    ...(json.pod === pod ? ["pod", "track", "release"] : []),
    ...(json.hostname === pod ? ["hostname", "pid"] : []),
  ];
}

/** Formats a value: text without quotes if that is unambiguous, anything else as JSON. */
function valueText(value: unknown): string {
  const bare = typeof value === "string" && value !== "" && !/[\s"=]/.test(value);
  return bare ? value : JSON.stringify(value);
}
