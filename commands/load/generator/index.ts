import { DEFAULTS, type LoadOptions } from "./options";
import { Run, type Load } from "./run";

export { DEFAULTS, MOST, type LoadOptions } from "./options";
export type { Failure, Percentiles, Report, Second } from "./report";
export type { Load } from "./run";
export { picture } from "./svg";

/**
 * Starts a load: from now on, requests go out at an even rate. Each is counted once, as answered or as failed.
 *
 * What it can't do: requests beyond the number of connections wait for one of them. They are sent later than they
 * should be, which counts in their latency. And a request that meets a kept-alive connection in the very moment in
 * which the service closes it has failed, as it has for every client that doesn't ask twice.
 */
export function startLoad(options: LoadOptions): Load {
  return new Run({ ...DEFAULTS, durationMs: Infinity, ...options });
}
