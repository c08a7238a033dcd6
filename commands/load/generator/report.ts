import type { Origin } from "./outcome";

/** What a load did and got. `requests` is always `answered + failed`: each request is counted once. */
export interface Report {
  readonly url: string;
  /** When it began, ISO 8601 in UTC. */
  readonly startedAt: string;
  /** Until the last request was over, in milliseconds. */
  readonly durationMs: number;
  /** The requests a second that were asked for. */
  readonly rate: number;
  readonly requests: number;
  /** Answered with 2xx, completely and in time. */
  readonly answered: number;
  readonly failed: number;
  /** How many failed in which way, such as `connection refused`, `connection reset`, `timeout` or `status 503`. */
  readonly failures: Readonly<Record<string, number>>;
  /** The first few of them. */
  readonly firstFailures: readonly Failure[];
  /** Requests on connections that are kept alive, and on one of their own each. */
  readonly connections: { readonly kept: number; readonly new: number };
  /** Of the answered requests, from when each was due, in milliseconds; null if there were none. */
  readonly latencyMs: Percentiles | null;
  /** How late this machine sent a request at worst, in milliseconds. That much of the latency is its own. */
  readonly lateMs: number;
  readonly pods: readonly (Origin & { readonly answers: number })[];
  readonly releases: readonly { readonly version: string; readonly answers: number }[];
  /** By the header of their answers, or by what `/pod` says; an answer that says neither isn't counted here. */
  readonly tracks: readonly TrackReport[];
  /** Each second of the load, by when the requests were due. */
  readonly seconds: readonly Second[];
}

/** A request that failed. `atMs` is when it was due, in milliseconds since the start. */
export interface Failure {
  readonly atMs: number;
  readonly overMs: number;
  readonly connection: "kept" | "new";
  readonly failure: string;
  readonly detail: string;
}

/** What one track answered. Connections that fail belong to no track. */
export interface TrackReport {
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
  /** Answers of each release. */
  readonly releases: Readonly<Record<string, number>>;
}
