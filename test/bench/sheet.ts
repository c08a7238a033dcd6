import { summarize, type Summary } from "./statistics";

/** All measurements of one section, by case and contender. */
export class Sheet {
  readonly #values = new Map<string, Map<string, number[]>>();
  /** What could not be measured, and why. */
  readonly missing: string[] = [];

  /** @param say is called with each measurement */
  constructor(private readonly say: (line: string) => void) {}

  /** Notes one measurement. The unit is part of the case: `nothing changed (s)`. */
  add(what: string, who: string, value: number): void {
    const row = this.#values.get(what) ?? new Map<string, number[]>();
    this.#values.set(what, row.set(who, [...(row.get(who) ?? []), value]));
    this.say(`${what}, ${who}: ${Math.round(value * 1000) / 1000}`);
  }

  /** Notes what could not be measured here, and why. */
  isMissing(sentence: string): void {
    this.missing.push(sentence);
    this.say(sentence);
  }

  /** The cases, in the order in which they were first measured. */
  get cases(): string[] {
    return [...this.#values.keys()];
  }

  /** The contenders, in the order in which they were first measured. */
  get contenders(): string[] {
    return [...new Set([...this.#values.values()].flatMap((row) => [...row.keys()]))];
  }

  /** Undefined if it was not measured. */
  summary(what: string, who: string): Summary | undefined {
    const values = this.#values.get(what)?.get(who);
    return values && summarize(values);
  }
}

/** Runs `work`. @returns how many seconds it took */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}
