import type { Origin } from "./outcome";

/** The report of a load. Each request is counted once: `requests` is `answered + failed`. */
export interface Report {
  readonly url: string;
  /** When the load began, ISO 8601 in UTC. */
  readonly startedAt: string;
  /** The time until the last request ended, in milliseconds. */
  readonly durationMs: number;
  /** The requests per second in the options. */
  readonly rate: number;
  readonly requests: number;
  /** The number of complete answers of 2xx in time. */
  readonly answered: number;
  readonly failed: number;
  /** The number of failures by kind, for example `connection refused`, `connection reset`, `timeout` or `status 503`. */
  readonly failures: Readonly<Record<string, number>>;
  /** The first few failures. */
  readonly firstFailures: readonly Failure[];
  /** The number of requests on connections that are kept alive, and on new ones. */
  readonly connections: { readonly kept: number; readonly new: number };
  /** The latency of the answered requests, from when each was due, in milliseconds; null without any. */
  readonly latencyMs: Percentiles | null;
  /** The longest delay with which this machine sent a request, in milliseconds. This is part of the latency. */
  readonly lateMs: number;
  /** A pod that answered with several releases, as in `npm run dev`, is here once for each. */
  readonly pods: readonly (Origin & { readonly answers: number })[];
  readonly releases: readonly { readonly version: string; readonly answers: number }[];
  /** Counted by the answers' header, or by the answers of `/pod`. Other answers aren't counted here. */
  readonly tracks: readonly TrackReport[];
  /** Each second of the load. A request counts in the second in which it was due. */
  readonly seconds: readonly Second[];
}

/** A failed request. `atMs` is when it was due, and `overMs` when it ended, in milliseconds since the start. */
export interface Failure {
  readonly atMs: number;
  readonly overMs: number;
  readonly connection: "kept" | "new";
  readonly failure: string;
  readonly detail: string;
}

/** The answers of one track. Failed connections belong to no track. */
interface TrackReport {
  readonly track: string;
  readonly answers: number;
  readonly failed: number;
  readonly latencyMs: Percentiles | null;
}

export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** One second of a load. */
export interface Second {
  readonly answered: number;
  readonly failed: number;
  readonly latencyMs: Percentiles | null;
  /** The number of answers by release. */
  readonly releases: Readonly<Record<string, number>>;
}
