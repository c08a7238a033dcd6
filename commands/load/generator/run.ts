import { Connections } from "./connections";
import type { LoadOptions } from "./options";
import { failureOf, read, type Outcome } from "./outcome";
import { keepPace, type Pace } from "./pace";
import type { Report } from "./report";
import { Tally } from "./tally";

/** A load that runs. */
export interface Load {
  /** What has ended so far. */
  soFar(): Report;
  /** Sends no more, lets what is in flight come to its end, and reports. Later calls get the same report. */
  stop(): Promise<Report>;
  /** The report, once the load has stopped by itself or has been stopped. */
  readonly ended: Promise<Report>;
}

/** One load, from its first request until its last has ended. */
export class Run implements Load {
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
      const { status, body } = await this.#connections.ask(fresh, due);
      return { ...sent, overMs: this.#elapsed(), ...read(status, body) };
    } catch (error) {
      return { ...sent, overMs: this.#elapsed(), ...failureOf(error) };
    }
  }

  /** Milliseconds since the start. */
  #elapsed(): number {
    return performance.now() - this.#start;
  }
}

/** Spreads the share evenly: of every ten with a share of 0.3, it is three, as far apart as can be. */
function isFresh(index: number, share: number): boolean {
  return Math.floor((index + 1) * share) > Math.floor(index * share);
}
