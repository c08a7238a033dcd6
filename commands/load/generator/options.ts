/** What a load is. Only the URL has to be given. */
export interface LoadOptions {
  /** Where to, such as `http://127.0.0.1:30080`. */
  readonly url: string;
  /** The path that is asked for. `/pod` answers with who it was, which the report counts. */
  readonly path?: string;
  /** Requests a second, evenly spaced, whether those before have been answered or not. */
  readonly rate?: number;
  /** After how many milliseconds it stops by itself. Without it, it runs until it is stopped. */
  readonly durationMs?: number;
  /** Connections at a time, kept alive and new ones together. */
  readonly connections?: number;
  /** The share of requests, from 0 to 1, that are sent on a connection of their own. */
  readonly newShare?: number;
  /** After how many milliseconds without a whole answer a request has failed. */
  readonly timeoutMs?: number;
}

/** What is taken where nothing is said. */
export const DEFAULTS = {
  path: "/pod",
  rate: 300,
  durationMs: 30_000,
  connections: 50,
  newShare: 0.5,
  timeoutMs: 10_000,
} as const;

/** The most that one machine can tell the truth about, and that nobody starts by a slip of the finger. */
export const MOST = { rate: 2_000, durationMs: 600_000, connections: 500 } as const;
