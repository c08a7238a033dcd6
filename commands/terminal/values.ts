import { UserError, type Problem } from "../../common/problem";

/**
 * Parses an option: a whole number in a range, both ends allowed.
 *
 * @param command for example `npm run up`
 * @returns undefined if the option wasn't typed
 * @throws UserError for anything else than such a number
 */
export function readNumber(
  command: string,
  option: string,
  typed: string | undefined,
  range: readonly [number, number],
): number | undefined {
  if (typed === undefined) return undefined;
  const values = new Values(command);
  const number = values.number(option, typed, range);
  values.check();
  return number;
}

/** Parses several options. Collects all problems, so that they are reported at once. */
export class Values {
  readonly #problems: Problem[] = [];
  readonly #help: string;

  /** @param command for example `npm run load`: the errors refer to its help */
  constructor(command: string) {
    this.#help = `${command} -- --help`;
  }

  /** A number in a range, both ends allowed. */
  number(option: string, value: string, [least, most]: readonly [number, number], whole = true): number {
    const number = value.trim() === "" ? NaN : Number(value);
    const ok = number >= least && number <= most && (!whole || Number.isInteger(number));
    if (!ok) this.#refuse(option, value, `${whole ? "a whole number" : "a number"} from ${least} to ${most}`);
    return number;
  }

  /** A time such as `30`, `30s`, `10m` or `2h`, from 1 second to `most` seconds. Returns seconds. */
  seconds(option: string, value: string, most: number): number {
    const [, amount, unit = "s"] = /^(\d+)(s|m|h)?$/.exec(value) ?? [];
    const seconds = Number(amount) * (unit === "h" ? 3600 : unit === "m" ? 60 : 1);
    if (!(seconds >= 1 && seconds <= most)) {
      this.#refuse(option, value, `seconds, or for example 30s, 10m, 2h, up to ${formatDuration(most)}`);
    }
    return seconds;
  }

  /** An HTTP address. */
  url(option: string, value: string): string {
    if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
      this.#refuse(option, value, "for example http://127.0.0.1:30080");
    }
    return value;
  }

  /** The path of an HTTP address. */
  path(option: string, value: string): string {
    if (!value.startsWith("/")) this.#refuse(option, value, "a path that begins with /, for example /pod");
    return value;
  }

  /** @throws UserError with all problems */
  check(): void {
    if (this.#problems.length > 0) throw new UserError(...this.#problems);
  }

  #refuse(option: string, value: string, allowed: string): void {
    this.#problems.push({ what: `${option} is "${value}"`, allowed, todo: this.#help });
  }
}

function formatDuration(seconds: number): string {
  return seconds % 3600 === 0 ? `${seconds / 3600}h` : `${seconds / 60}m`;
}
