import { DEFAULTS, type LoadOptions } from "./options";
import type { Report } from "./report";
import { Run } from "./run";

export { DEFAULTS, MOST, type LoadOptions } from "./options";
export type { Failure, Percentiles, Report, Second } from "./report";
export { picture } from "./svg";

/** A load that runs. */
export interface Load {
  /** What has ended so far. */
  soFar(): Report;
  /** Sends no more, lets what is in flight come to its end, and reports. Later calls get the same report. */
  stop(): Promise<Report>;
  /** The report, once the load has stopped by itself or has been stopped. */
  readonly ended: Promise<Report>;
}

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
