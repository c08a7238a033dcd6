/** Suffixes for powers of ten, and for powers of two. */
const decimal: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const binary: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };

/** Kubernetes counts in billionths: in units of 10 to the power of minus 9. */
const NANO = 9;
/** The largest quantity. Kubernetes silently replaces a larger one with this. */
const MOST = (2n ** 63n - 1n) * 10n ** BigInt(NANO);
/** A longer text isn't parsed. */
const MOST_CHARACTERS = 30;

/**
 * Parses a quantity such as `100m` or `100Mi` into billionths, rounded up as in Kubernetes. Undefined if it isn't one
 * (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/).
 */
export function parseQuantity(text: string): bigint | undefined {
  const match = /^(?=\.?\d)(\d*)\.?(\d*)(?:[eE]([-+]?\d{1,2})|([numkMGTPE]|[KMGTPE]i)?)$/.exec(text);
  if (match === null || text.length > MOST_CHARACTERS) return undefined;
  const [, whole = "", fraction = "", exponent = "0", suffix = ""] = match;
  const power = NANO + Number(exponent) + (decimal[suffix] ?? 0) - fraction.length;
  const digits = BigInt(whole + fraction) << BigInt(binary[suffix] ?? 0);
  const billionths =
    power >= 0 ? digits * 10n ** BigInt(power) : divideRoundingUp(digits, 10n ** BigInt(-power));
  return billionths > MOST ? undefined : billionths;
}

function divideRoundingUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}
