import { COLOURS } from "./palette";

/** How far back the strip goes. */
export const SECONDS = 300;
/** The row of requests that failed, after those of the colours. */
export const FAILED = COLOURS;
const ROWS = COLOURS + 1;
/** The seconds of the strip, and the one that isn't over yet. */
const KEPT = SECONDS + 1;

/** How many requests each second of the last five minutes had: answered, by the release's colour, and failed. */
export class History {
  readonly #rows = Array.from({ length: ROWS }, () => new Uint16Array(KEPT));
  #second = 0;

  /** Counts a request in the second that it was answered in. */
  add(row: number, at: number): void {
    this.advance(at);
    const counts = this.#rows[row];
    if (counts) counts[this.#second % KEPT]! += 1;
  }

  /** Begins a new second, and leaves those empty in which nothing was done. */
  advance(now: number): void {
    const second = Math.floor(now / 1000);
    const from = Math.max(this.#second + 1, second - KEPT + 1);
    for (let empty = from; empty <= second; empty++) for (const row of this.#rows) row[empty % KEPT] = 0;
    this.#second = Math.max(this.#second, second);
  }

  /** A row's counts in the seconds that are over, oldest first. */
  row(row: number): number[] {
    const counts = this.#rows[row] ?? [];
    return Array.from({ length: SECONDS }, (_, i) => counts[(this.#second + 1 + i) % KEPT] ?? 0);
  }

  /** Answers a second, over the last three seconds that are over. */
  get rate(): number {
    const rows = Array.from({ length: COLOURS }, (_, row) => sum(this.row(row).slice(-3)));
    return sum(rows) / 3;
  }

  /** How many requests have failed in all five minutes. */
  get failed(): number {
    return sum(this.row(FAILED));
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
