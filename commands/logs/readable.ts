import { styleText } from "node:util";
import type { Line } from "./source";

/** One for each pod, in the order in which they are first heard of. */
const colours = ["cyan", "magenta", "green", "yellow", "blue", "red"] as const;
type Colour = (typeof colours)[number];

/** What each line has anyway, or what the pod's name says as well. */
const hidden = new Set(["time", "level", "msg", "pod", "track", "release", "pid", "hostname"]);

/** Pino's levels, where a service logs their numbers. */
const levels: Readonly<Record<number, string>> = {
  10: "trace",
  20: "debug",
  30: "info",
  40: "warn",
  50: "error",
  60: "fatal",
};

/** Writes lines for a person to read. It remembers which colour each pod has. */
export class Readable {
  readonly #colours = new Map<string, Colour>();
  #width = 0;

  /** @param coloured whether there are colours at all */
  constructor(private readonly coloured: boolean) {}

  /** One line of a pod: `12:03:44.120 info  api-x2x | request method=GET status=200`. */
  line({ pod, time, text }: Line): string {
    const entry = parse(text);
    this.#width = Math.max(this.#width, pod.length);
    const name = this.#paint(this.#colourOf(pod), `${pod.padEnd(this.#width)} |`);
    if (entry === undefined) return `${this.#clock(time)}       ${name} ${text}`;
    const level = levelOf(entry);
    return `${this.#clock(timeOf(entry) ?? time)} ${this.#level(level)} ${name} ${this.#message(entry)}`;
  }

  /** Something that no pod has said. */
  notice(text: string): string {
    return this.#paint("dim", `-- ${text}`);
  }

  #message(entry: Entry): string {
    const fields = Object.entries(entry).filter(([key]) => !hidden.has(key) && key !== "err");
    const shown = fields.map(([key, value]) => `${this.#paint("dim", `${key}=`)}${show(value)}`);
    const message = typeof entry.msg === "string" ? [entry.msg] : [];
    return [...message, ...shown].join(" ") + stackOf(entry);
  }

  #clock(time: string): string {
    // In UTC, as in the log itself: that is what other logs of the cluster are in.
    const clock = /T(\d\d:\d\d:\d\d)(\.\d{1,3})?/.exec(time);
    return this.#paint("dim", `${clock?.[1] ?? "--:--:--"}${(clock?.[2] ?? ".").padEnd(4, "0")}`);
  }

  #level(level: string): string {
    const padded = level.padEnd(5);
    if (level === "error" || level === "fatal") return this.#paint("red", padded);
    return level === "warn" ? this.#paint("yellow", padded) : padded;
  }

  #colourOf(pod: string): Colour {
    const known = this.#colours.get(pod);
    if (known !== undefined) return known;
    const colour = colours[this.#colours.size % colours.length] ?? "cyan";
    this.#colours.set(pod, colour);
    return colour;
  }

  #paint(format: Parameters<typeof styleText>[0], text: string): string {
    return this.coloured ? styleText(format, text, { validateStream: false }) : text;
  }
}

type Entry = Readonly<Record<string, unknown>>;

/** A line of structured log, or undefined where it is only text. */
function parse(text: string): Entry | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    return JSON.parse(text) as Entry;
  } catch {
    return undefined;
  }
}

function levelOf({ level }: Entry): string {
  return typeof level === "number"
    ? (levels[level] ?? String(level))
    : typeof level === "string"
      ? level
      : "";
}

function timeOf({ time }: Entry): string | undefined {
  if (typeof time === "string") return time;
  return typeof time === "number" ? new Date(time).toISOString() : undefined;
}

/** A stack is worth its lines. */
function stackOf({ err }: Entry): string {
  if (err === undefined) return "";
  const { stack, message } = Object(err) as { stack?: string; message?: string };
  return `\n${stack ?? message ?? show(err)}`.replaceAll("\n", "\n    ");
}

function show(value: unknown): string {
  return typeof value === "string" && !value.includes(" ") ? value : JSON.stringify(value);
}
