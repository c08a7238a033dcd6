/**
 * Kubernetes' own rules for values in its objects. The API server refuses the same values, but only after other objects
 * were made, and without naming the config key.
 */

/** A DNS label (RFC 1123), such as a namespace (https://kubernetes.io/docs/concepts/overview/working-with-objects/names/). */
export function isDnsLabel(text: string): boolean {
  return text.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text);
}

/**
 * A label's key: a name, with an optional prefix of a DNS subdomain and a slash
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

/** A DNS subdomain (RFC 1123), such as the name of a PriorityClass. */
export function isDnsSubdomain(text: string): boolean {
  return text.length <= 253 && text.split(".").every((part) => /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(part));
}

/** In characters. The name of a secret variable is also a key in a Secret, and such a key can't be longer. */
const MAX_ENV_NAME = 253;
/** In characters. Linux allows 4096 for the whole path on the node. */
const MAX_PATH = 1024;

/**
 * The name of an environment variable that every version of Kubernetes takes
 * (https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/).
 */
export function isEnvName(text: string): boolean {
  return (
    text.length <= MAX_ENV_NAME &&
    /^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(text) &&
    text !== "." &&
    !text.startsWith("..")
  );
}

/**
 * A folder at which a volume can be mounted. Its path is normalized, so that two volumes can't share a folder. /dev, /proc
 * and /sys belong to the container runtime.
 */
export function isWritablePath(text: string): boolean {
  if (text.length > MAX_PATH || !/^(\/[^/:\p{C}]+)+$/u.test(text)) return false;
  const [first = "", ...rest] = text.slice(1).split("/");
  return ![first, ...rest].some((name) => name === "." || name === "..") && !/^(dev|proc|sys)$/.test(first);
}

/**
 * An image repository: a registry's host, which has a dot or a port or is `localhost`, and optionally a path
 * (https://github.com/distribution/reference/blob/main/reference.go).
 */
export function isRepository(text: string): boolean {
  const [host = "", ...path] = text.split("/");
  const isHost = /^[a-zA-Z0-9.-]+(:\d+)?$/.test(host) && (/[.:]/.test(host) || host === "localhost");
  return isHost && path.every((part) => /^[a-z0-9]+([._-]+[a-z0-9]+)*$/.test(part));
}
