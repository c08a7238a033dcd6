import { summarize, type Summary } from "./statistics";

/** All measurements of one section: how much of what, by whom, once a round. */
export class Sheet {
  readonly #values = new Map<string, Map<string, number[]>>();
  readonly #missing: string[] = [];

  /** @param say is told each measurement as it is made */
  constructor(private readonly say: (line: string) => void) {}

  /** Notes one measurement. The unit is part of the case: `nothing changed (s)`. */
  add(what: string, who: string, value: number): void {
    const row = this.#values.get(what) ?? new Map<string, number[]>();
    this.#values.set(what, row.set(who, [...(row.get(who) ?? []), value]));
    this.say(`${what}, ${who}: ${Math.round(value * 1000) / 1000}`);
  }

  /** Notes what could not be measured here, and why. */
  isMissing(sentence: string): void {
    this.#missing.push(sentence);
    this.say(sentence);
  }

  get missing(): readonly string[] {
    return this.#missing;
  }

  /** The cases, in the order in which they were first measured. */
  get cases(): string[] {
    return [...this.#values.keys()];
  }

  /** Who was measured, in the order in which they first were. */
  get contenders(): string[] {
    return [...new Set([...this.#values.values()].flatMap((row) => [...row.keys()]))];
  }

  /** Undefined if it was not measured. */
  summary(what: string, who: string): Summary | undefined {
    const values = this.#values.get(what)?.get(who);
    return values && summarize(values);
  }
}

/** Runs `work`, and tells how many seconds it took. */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}
