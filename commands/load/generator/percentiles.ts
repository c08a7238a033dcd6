import type { Percentiles } from "./report";

/** Exact percentiles, by nearest rank, to a hundredth of a millisecond; null of nothing. */
export function percentiles(values: readonly number[]): Percentiles | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => {
    const value = sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
    return Math.round(value * 100) / 100;
  };
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}
