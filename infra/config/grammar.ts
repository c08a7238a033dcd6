/**
 * Kubernetes' own rules for what is written into an object. The API server would refuse the same, but only after
 * other objects were made, and without the name of the key that it came from.
 */

/** A DNS label (RFC 1123), such as a namespace (https://kubernetes.io/docs/concepts/overview/working-with-objects/names/). */
export function isDnsLabel(text: string): boolean {
  return text.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text);
}

/**
 * A label's key: a name, before it optionally a DNS subdomain and a slash
 * (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set).
 */
export function isLabelKey(text: string): boolean {
  const parts = text.split("/");
  const name = parts.pop() ?? "";
  const [prefix] = parts;
  if (parts.length > 1 || name === "") return false;
  return isLabelValue(name) && (prefix === undefined || isDnsSubdomain(prefix));
}

/** A label's value, which may be empty (same page). */
export function isLabelValue(text: string): boolean {
  return text.length <= 63 && /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/.test(text);
}

function isDnsSubdomain(text: string): boolean {
  return text.length <= 253 && text.split(".").every((part) => /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(part));
}

/**
 * The name of an environment variable that every version of Kubernetes takes
 * (https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/).
 */
export function isEnvName(text: string): boolean {
  return /^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(text) && text !== "." && !text.startsWith("..");
}

const multiples: Readonly<Record<string, number>> = {
  ...{ n: 1e-9, u: 1e-6, m: 1e-3, "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
};

/**
 * A quantity such as `100m` or `100Mi` as a number, or undefined where it is none
 * (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/).
 */
export function parseQuantity(text: string): number | undefined {
  const match = /^(\d+\.?\d*|\.\d+)(?:[eE]([-+]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/.exec(text);
  if (match === null) return undefined;
  const [, digits, exponent, suffix] = match;
  const factor = exponent === undefined ? multiples[suffix ?? ""] : 10 ** Number(exponent);
  return Number(digits) * (factor ?? 1);
}
