import { Connections } from "./connections";
import { failureOf, read, type Outcome } from "./outcome";
import { keepPace } from "./pace";
import type { Report } from "./report";
import { Tally } from "./tally";

export type { Report, Second } from "./report";

/** The options of a load. */
export interface LoadOptions {
  /** The target, for example `http://127.0.0.1:30080`. */
  readonly url: string;
  /** The path. The answers of `/pod` name the pod, so that the report counts by pod. */
  readonly path?: string;
  /** Requests per second, evenly spaced. They don't wait for earlier answers. */
  readonly rate?: number;
  /** The load stops after so many milliseconds. Without it, the load runs until it is stopped. */
  readonly durationMs?: number;
  /** The number of connections at a time, both kept alive and new. */
  readonly connections?: number;
  /** The share of requests on a new connection, from 0 to 1. */
  readonly newShare?: number;
  /** A request without a complete answer fails after so many milliseconds. */
  readonly timeoutMs?: number;
}

export const DEFAULTS = {
  path: "/pod",
  rate: 300,
  durationMs: Infinity,
  connections: 50,
  newShare: 0.5,
  timeoutMs: 10_000,
} as const;

/** Limits: one machine can't measure more, and a typing error must not start more. */
export const MOST = { rate: 2_000, durationMs: 600_000, connections: 500 } as const;

/**
 * Starts a load: sends requests at an even rate, and counts each once, as answered or as failed.
 *
 * Limits: if all connections are busy, a request waits for one. This time is part of its latency. And a request fails if
 * the service closes its kept-alive connection at the same moment, as for every client without retries.
 */
export function startLoad(options: LoadOptions): Load {
  return new Load({ ...DEFAULTS, ...options });
}

/** A running load. */
export class Load {
  /** The report once the load has ended, by itself or by `stop`. */
  readonly ended: Promise<Report>;
  readonly #options: Required<LoadOptions>;
  readonly #connections: Connections;
  readonly #tally = new Tally();
  readonly #pending = new Set<Promise<void>>();
  readonly #stopSending: () => void;
  readonly #startedAt = new Date();
  readonly #start = performance.now();
  #end: () => void = () => {};

  constructor(options: Required<LoadOptions>) {
    this.#options = options;
    this.#connections = new Connections(options);
    this.ended = new Promise<void>((resolve) => (this.#end = resolve)).then(() => this.#finish());
    this.#stopSending = keepPace({
      ...options,
      send: (index, due) => this.#send(index, due),
      done: () => this.#end(),
    });
  }

  /** Reports the requests that have ended so far. */
  soFar(): Report {
    const { url, path, rate } = this.#options;
    return this.#tally.report({
      url: new URL(path, url).href,
      startedAt: this.#startedAt.toISOString(),
      durationMs: Math.round(this.#elapsed()),
      rate,
    });
  }

  /** Stops sending, waits for requests in flight, and reports. Further calls return the same report. */
  stop(): Promise<Report> {
    this.#stopSending();
    this.#end();
    return this.ended;
  }

  /** Waits for requests in flight: only their time limit ends them. */
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

/** Whether a request uses a new connection. Spreads the share evenly: of 0.3, three of every ten requests. */
function isFresh(index: number, share: number): boolean {
  return Math.floor((index + 1) * share) > Math.floor(index * share);
}
