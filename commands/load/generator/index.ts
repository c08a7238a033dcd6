import { Connections } from "./connections";
import { failureOf, read, type Outcome } from "./outcome";
import { keepPace, type Pace } from "./pace";
import type { Report } from "./report";
import { Tally } from "./tally";

export type { Failure, Percentiles, Report, Second } from "./report";

/** What a load is. Only the URL has to be given. */
export interface LoadOptions {
  /** Where to, such as `http://127.0.0.1:30080`. */
  readonly url: string;
  /** The path that is asked for. `/pod` answers with who it was, which the report counts. */
  readonly path?: string;
  /** Requests a second, evenly spaced, whether those before have been answered or not. */
  readonly rate?: number;
  /** Milliseconds after which the load stops by itself. Without it, the load runs until it is stopped. */
  readonly durationMs?: number;
  /** Connections at a time, kept alive and new ones together. */
  readonly connections?: number;
  /** The share of requests, from 0 to 1, that are sent on a connection of their own. */
  readonly newShare?: number;
  /** Milliseconds after which a request without a whole answer has failed. */
  readonly timeoutMs?: number;
}

/** The defaults. */
export const DEFAULTS = {
  path: "/pod",
  rate: 300,
  durationMs: 30_000,
  connections: 50,
  newShare: 0.5,
  timeoutMs: 10_000,
} as const;

/** Limits: one machine can't measure more, and a typing error can't start more. */
export const MOST = { rate: 2_000, durationMs: 600_000, connections: 500 } as const;

/** A load that runs. */
export interface Load {
  /** What has ended so far. */
  soFar(): Report;
  /** Stops sending, waits for requests in flight, and reports. Later calls return the same report. */
  stop(): Promise<Report>;
  /** The report, once the load has stopped by itself or has been stopped. */
  readonly ended: Promise<Report>;
}

/**
 * Starts a load: from now on, requests go out at an even rate. Each is counted once, as answered or as failed.
 *
 * Its limits: requests beyond the number of connections wait for one of them. They are sent later than they
 * should be, which counts in their latency. And a request that meets a kept-alive connection in the very moment in
 * which the service closes it has failed, as it has for every client that doesn't ask twice.
 */
export function startLoad(options: LoadOptions): Load {
  return new Run({ ...DEFAULTS, durationMs: Infinity, ...options });
}

/** One load, from its first request until its last has ended. */
class Run implements Load {
  readonly ended: Promise<Report>;
  readonly #options: Required<LoadOptions>;
  readonly #connections: Connections;
  readonly #tally = new Tally();
  readonly #pending = new Set<Promise<void>>();
  readonly #pace: Pace;
  readonly #startedAt = new Date();
  readonly #start = performance.now();
  #end: () => void = () => {};

  constructor(options: Required<LoadOptions>) {
    this.#options = options;
    this.#connections = new Connections(options);
    this.ended = new Promise<void>((resolve) => (this.#end = resolve)).then(() => this.#finish());
    this.#pace = keepPace({
      ...options,
      send: (index, due) => this.#send(index, due),
      done: () => this.#end(),
    });
  }

  soFar(): Report {
    const { url, path, rate } = this.#options;
    return this.#tally.report({
      url: new URL(path, url).href,
      startedAt: this.#startedAt.toISOString(),
      durationMs: Math.round(this.#elapsed()),
      rate,
    });
  }

  stop(): Promise<Report> {
    this.#pace.stop();
    this.#end();
    return this.ended;
  }

  /** A request in flight is no failure: its time limit is the only thing that cuts it off. */
  async #finish(): Promise<Report> {
    await Promise.all(this.#pending);
    const report = this.soFar();
    await this.#connections.close();
    return report;
  }

  #send(index: number, due: number): void {
    const request = this.#ask(index, due).then((outcome) => {
      this.#pending.delete(request);
      this.#tally.add(outcome);
    });
    this.#pending.add(request);
  }

  async #ask(index: number, due: number): Promise<Outcome> {
    const fresh = isFresh(index, this.#options.newShare);
    const dueMs = due - this.#start;
    const sent = { fresh, dueMs, lateMs: this.#elapsed() - dueMs };
    try {
      const answer = await this.#connections.ask(fresh, due);
      return { ...sent, overMs: this.#elapsed(), ...read(answer) };
    } catch (error) {
      return { ...sent, overMs: this.#elapsed(), ...failureOf(error) };
    }
  }

  /** Milliseconds since the start. */
  #elapsed(): number {
    return performance.now() - this.#start;
  }
}

/** Spreads the share evenly: with a share of 0.3, three of every ten requests, as far apart as possible. */
function isFresh(index: number, share: number): boolean {
  return Math.floor((index + 1) * share) > Math.floor(index * share);
}
