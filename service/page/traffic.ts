/// <reference lib="dom" />
import { parsePod, type Outcome } from "./pod";

/** As many connections as a browser opens to one host. More requests would wait in it, and count as slow. */
const MAX_IN_FLIGHT = 6;
/** Requests wait no longer than this for their answer, in milliseconds. */
const PATIENCE_MS = 3000;
/** New connections a second that are enough to meet every pod soon. More would only wear the ports out. */
const NEW_CONNECTIONS = 50;
/** Without an answer for so long, and after so many failures in a row, the service counts as unreachable. */
const LOST_MS = 2000;
const LOST_FAILURES = 3;
/** How long to wait before an unreachable service is asked again: the first time, and at most. */
const BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 5000;

/**
 * Asks `/pod` so many times a second. What can't be sent in time, in a hidden tab or while answers are slow, is left
 * out and never made up for. An unreachable service is asked by one request at a time, less and less often.
 */
export class Traffic {
  rate = 20;
  readonly #tell: (outcome: Outcome) => void;
  #timer: number | undefined;
  #inFlight = 0;
  #due = 0;
  #checked = 0;
  #sent = 0;
  #failures = 0;
  #answered = Date.now();

  /** Tells each outcome when it is there. Asks nothing before `start()`. */
  constructor(tell: (outcome: Outcome) => void) {
    this.#tell = tell;
  }

  get running(): boolean {
    return this.#timer !== undefined;
  }

  /** A single request that fails is counted as failed. Only several in a row mean that nobody is there. */
  get reachable(): boolean {
    return this.#failures < LOST_FAILURES || Date.now() - this.#answered < LOST_MS;
  }

  /** Begins to ask, at once. */
  start(): void {
    this.#checked = performance.now();
    this.#failures = 0;
    this.#answered = Date.now();
    this.#due = 1;
    this.#pump();
  }

  /** Asks no more. What is on its way is still told. */
  stop(): void {
    window.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #pump = (): void => {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(this.#pump, this.#pause());
    const now = performance.now();
    this.#due += ((now - this.#checked) / 1000) * this.rate;
    this.#checked = now;
    const most = this.reachable ? MAX_IN_FLIGHT : 1;
    this.#due = Math.min(this.#due, most);
    while (this.#due >= 1 && this.#inFlight < most) {
      this.#due -= 1;
      void this.#ask();
    }
  };

  #pause(): number {
    if (this.reachable) return Math.max(10, 1000 / this.rate);
    return Math.min(MAX_BACKOFF_MS, BACKOFF_MS * 2 ** (this.#failures - LOST_FAILURES));
  }

  async #ask(): Promise<void> {
    const last = this.#sent++ % Math.ceil(this.rate / NEW_CONNECTIONS) === 0;
    this.#inFlight++;
    const outcome = await ask(last);
    this.#inFlight--;
    const again = outcome.pod && !this.reachable;
    this.#failures = outcome.pod ? 0 : this.#failures + 1;
    if (outcome.pod) this.#answered = outcome.at;
    this.#tell(outcome);
    if (again && this.running) this.#pump(); // rather than at the end of a long pause
  }
}

async function ask(last: boolean): Promise<Outcome> {
  const sent = performance.now();
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch(last ? "/pod?connection=close" : "/pod", { cache: "no-store", signal });
    const pod = parsePod(await response.json().catch(() => null));
    const at = Date.now();
    const track = response.headers.get("release-track");
    if (!response.ok) return { at, why: `status ${response.status}`, ...(track !== null && { track }) };
    if (!pod) return { at, why: "an answer from something else" };
    const uptimeMs = Date.parse(response.headers.get("date") ?? "") - Date.parse(pod.startedAt);
    const draining = response.headers.get("lifecycle-phase") === "draining";
    return { pod, at, latencyMs: performance.now() - sent, uptimeMs: Math.max(0, uptimeMs), draining, last };
  } catch (error) {
    const late = (error as Error).name === "TimeoutError";
    return { at: Date.now(), why: late ? `no answer in ${PATIENCE_MS / 1000} s` : "no connection" };
  }
}
