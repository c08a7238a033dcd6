/** One line of structured log, as far as it is understood. What isn't stays in `fields`, so that nothing is lost. */
export interface Entry {
  /** ISO 8601, in UTC. */
  readonly time?: string;
  /** In lower case, such as `warn`. */
  readonly level?: string;
  readonly message?: string;
  /** Each value as text. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly stack?: string;
}

type Json = Readonly<Record<string, unknown>>;

/** The names that the usual loggers give to each part (pino, winston, bunyan, zap, slog, Python's and Google's). */
const NAMES = {
  time: ["time", "timestamp", "@timestamp", "ts"],
  level: ["level", "severity"],
  message: ["msg", "message"],
  stack: ["err", "stack"],
} as const;

/** Pino's and bunyan's numbers. */
const LEVELS: Readonly<Record<number, string>> = {
  10: "trace",
  20: "debug",
  30: "info",
  40: "warn",
  50: "error",
  60: "fatal",
};

/** Milliseconds in the units in which loggers count the time since 1970: s, ms, µs and ns. */
const UNITS = [1e3, 1, 1e-3, 1e-6];
/** A number is a time in the one unit in which it lies between these years, in milliseconds since 1970. */
const POSSIBLE = { first: Date.UTC(2000, 0), last: Date.UTC(2100, 0) };

/** Reads a line of a pod's log. @returns undefined if it isn't a JSON object, or one too deep to be written again */
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

/** The first of several fields that can be read, with its name. */
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

/** The milliseconds since 1970 of an ISO text, in UTC unless it says otherwise; NaN of anything else. */
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

/** The fields that say what the pod's name says already; `track` and `release` are what our own service adds. */
function aboutPod(json: Json, pod: string): string[] {
  return [
    ...(json.pod === pod ? ["pod", "track", "release"] : []),
    ...(json.hostname === pod ? ["hostname", "pid"] : []),
  ];
}

/** Text is shown without quotes if it is unambiguous. */
function valueText(value: unknown): string {
  const bare = typeof value === "string" && value !== "" && !/[\s"=]/.test(value);
  return bare ? value : JSON.stringify(value);
}
