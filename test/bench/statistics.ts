/** A summary of several measurements. */
export interface Summary {
  readonly rounds: number;
  readonly min: number;
  readonly median: number;
  readonly max: number;
  /** The largest less the smallest, as a share of the median; 0 if that is 0. */
  readonly spread: number;
}

/** @throws RangeError if there is no value */
export function summarize(values: readonly number[]): Summary {
  const sorted = Float64Array.from(values).sort();
  const [min, max] = [sorted.at(0), sorted.at(-1)];
  if (min === undefined || max === undefined) throw new RangeError("no measurement");
  const middle = sorted.length / 2;
  const median = ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
  return { rounds: sorted.length, min, median, max, spread: median === 0 ? 0 : (max - min) / median };
}
