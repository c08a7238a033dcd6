import { COLOURS } from "./palette";

/** The length of the strip, in seconds. */
export const SECONDS = 300;
/** The row of failed requests, after one row for each colour. */
export const FAILED = COLOURS;
const ROWS = COLOURS + 1;
/** The seconds of the strip, and the current one. */
const KEPT = SECONDS + 1;

/** Requests in each second of the last five minutes: answered ones by the release's colour, and failed ones. */
export class History {
  readonly #rows = Array.from({ length: ROWS }, () => new Uint16Array(KEPT));
  #second = 0;

  /** Counts a request in the second of its answer. */
  add(row: number, at: number): void {
    this.advance(at);
    const counts = this.#rows[row];
    if (counts) counts[this.#second % KEPT]! += 1;
  }

  /** Moves on to the current second. Seconds without requests stay empty. */
  advance(now: number): void {
    const second = Math.floor(now / 1000);
    const from = Math.max(this.#second + 1, second - KEPT + 1);
    for (let empty = from; empty <= second; empty++) for (const row of this.#rows) row[empty % KEPT] = 0;
    this.#second = Math.max(this.#second, second);
  }

  /** A row's counts in the complete seconds, oldest first. */
  row(row: number): number[] {
    const counts = this.#rows[row] ?? [];
    return Array.from({ length: SECONDS }, (_, i) => counts[(this.#second + 1 + i) % KEPT] ?? 0);
  }

  /** Answers a second: the mean of the last three complete seconds. */
  get rate(): number {
    const rows = Array.from({ length: COLOURS }, (_, row) => sum(this.row(row).slice(-3)));
    return sum(rows) / 3;
  }

  /** Failed requests in the last five minutes. */
  get failed(): number {
    return sum(this.row(FAILED));
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
