import { printable, printableLines } from "../../common/printable";
import { painter, type Paint } from "../terminal/colours";
import { readEntry, type Entry } from "./entry";
import type { Line } from "./source";

/** The colours of the pods, in the order in which the pods first appear. */
const COLOURS = ["cyan", "magenta", "green", "yellow", "blue", "red"] as const;
type Colour = (typeof COLOURS)[number];

/**
 * Formats log lines for a person: `12:03:44.120 info  api-x2x | request method=GET status=200`. Shows lines of any format,
 * without their control characters.
 */
export class LogFormatter {
  readonly #colours = new Map<string, Colour>();
  readonly #paint: Paint;
  #width = 0;

  constructor(coloured: boolean) {
    this.#paint = painter(coloured);
  }

  line({ pod, time, text }: Line): string {
    const entry = readEntry(text, pod) ?? { message: text.replace(/\r$/, ""), fields: [] };
    this.#width = Math.max(this.#width, pod.length);
    const name = this.#paint(this.#colourOf(pod), `${pod.padEnd(this.#width)} |`);
    return `${this.#clock(entry.time ?? time)} ${this.#level(entry.level)} ${name} ${this.#content(entry)}`;
  }

  /** Formats a message about the pods. */
  notice(text: string): string {
    return this.#paint("dim", `-- ${printableLines(text)}`);
  }

  #content({ message, fields, stack }: Entry): string {
    const shown = fields.map(
      ([name, value]) => `${this.#paint("dim", `${printable(name)}=`)}${printable(value)}`,
    );
    const first = [...(message === undefined ? [] : [printableLines(message)]), ...shown].join(" ");
    return [first, ...(stack === undefined ? [] : [printableLines(stack)])]
      .join("\n")
      .replaceAll("\n", "\n    ");
  }

  /** The time of day in UTC, as in the other logs of a cluster. */
  #clock(time: string): string {
    const [, seconds = "--:--:--", fraction = "."] = /T(\d\d:\d\d:\d\d)(\.\d{1,3})?/.exec(time) ?? [];
    return this.#paint("dim", `${seconds}${fraction.padEnd(4, "0")}`);
  }

  #level(level = ""): string {
    const padded = level.padEnd(5);
    if (/^(err|fatal|crit|alert|emerg|panic)/.test(level)) return this.#paint("red", padded);
    return level.startsWith("warn") ? this.#paint("yellow", padded) : padded;
  }

  #colourOf(pod: string): Colour {
    const known = this.#colours.get(pod);
    if (known !== undefined) return known;
    const colour = COLOURS[this.#colours.size % COLOURS.length] ?? "cyan";
    this.#colours.set(pod, colour);
    return colour;
  }
}
