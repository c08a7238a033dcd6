/// <reference lib="dom" />
import { parsePod, type Outcome } from "./pod";

/** The number of connections that a browser opens to one host. Further requests would wait in it, and look slow. */
const MAX_IN_FLIGHT = 6;
/** How long a request waits for its answer, in milliseconds. */
const TIMEOUT_MS = 3000;
/** New connections a second: enough to reach every pod soon. More would only use up the machine's ports. */
const NEW_CONNECTIONS = 50;
/** The service counts as unreachable after this time without an answer and this many failures in a row. */
const LOST_MS = 2000;
const LOST_FAILURES = 3;
/** The pause before an unreachable service is asked again: the first one, and the longest. */
const BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 5000;

/**
 * Requests `/pod` at a steady rate, in requests a second. Requests that can't be sent in time, in a hidden tab or while
 * answers are slow, are left out. An unreachable service gets one request at a time, ever less often.
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

  /** @param tell is called with the outcome of each request. No request is sent before `start()`. */
  constructor(tell: (outcome: Outcome) => void) {
    this.#tell = tell;
  }

  get running(): boolean {
    return this.#timer !== undefined;
  }

  /** A single failure may have many reasons. Only several in a row mean that the service is unreachable. */
  get reachable(): boolean {
    return this.#failures < LOST_FAILURES || Date.now() - this.#answered < LOST_MS;
  }

  /** Starts sending, at once. */
  start(): void {
    this.#checked = performance.now();
    this.#failures = 0;
    this.#answered = Date.now();
    this.#due = 1;
    this.#pump();
  }

  /** Stops sending. The outcomes of requests in flight are still told. */
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
    if (again && this.running) this.#pump(); // doesn't wait for the end of a long pause
  }
}

async function ask(last: boolean): Promise<Outcome> {
  const sent = performance.now();
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(last ? "/pod?connection=close" : "/pod", { cache: "no-store", signal });
    const pod = parsePod(await response.json().catch(() => null));
    const at = Date.now();
    const track = response.headers.get("release-track");
    if (!response.ok) return { at, why: `status ${response.status}`, ...(track !== null && { track }) };
    if (!pod) return { at, why: "the answer is not a pod’s" };
    const uptimeMs = Date.parse(response.headers.get("date") ?? "") - Date.parse(pod.startedAt);
    const draining = response.headers.get("lifecycle-phase") === "draining";
    return { pod, at, latencyMs: performance.now() - sent, uptimeMs: Math.max(0, uptimeMs), draining, last };
  } catch (error) {
    const late = (error as Error).name === "TimeoutError";
    return { at: Date.now(), why: late ? `no answer in ${TIMEOUT_MS / 1000} s` : "no connection" };
  }
}
