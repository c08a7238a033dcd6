import { UNKNOWN, type Origin, type Outcome } from "./outcome";
import type { Failure, Percentiles, Report, Second } from "./report";

/** How many failures are reported with details. */
const FIRST_FAILURES = 20;

/** The part of a report that isn't counted here. */
type Frame = Pick<Report, "url" | "startedAt" | "durationMs" | "rate">;

interface Bucket {
  readonly latencies: number[];
  readonly releases: Map<string, number>;
  failed: number;
}

const emptyBucket = (): Bucket => ({ latencies: [], releases: new Map(), failed: 0 });

/** Counts requests as they end. */
export class Tally {
  readonly #failures = new Map<string, number>();
  readonly #firstFailures: Failure[] = [];
  readonly #pods = new Map<string, Origin & { answers: number }>();
  readonly #tracks = new Map<string, Bucket>();
  readonly #seconds: Bucket[] = [];
  readonly #connections = { kept: 0, new: 0 };
  #lateMs = 0;

  add(outcome: Outcome): void {
    this.#connections[connection(outcome)]++;
    this.#lateMs = Math.max(this.#lateMs, outcome.lateMs);
    const track = outcome.track ?? outcome.from?.track;
    if (track !== undefined && track !== UNKNOWN) this.#addToTrack(outcome, track);
    if (outcome.failure !== undefined) this.#addFailure(outcome, outcome.failure);
    else this.#addAnswer(outcome);
  }

  report(frame: Frame): Report {
    const answered = this.#seconds.reduce((sum, { latencies }) => sum + latencies.length, 0);
    const failed = this.#seconds.reduce((sum, second) => sum + second.failed, 0);
    return {
      ...frame,
      requests: answered + failed,
      answered,
      failed,
      failures: Object.fromEntries(this.#failures),
      firstFailures: [...this.#firstFailures],
      connections: { ...this.#connections },
      latencyMs: percentiles(this.#seconds.flatMap(({ latencies }) => latencies)),
      lateMs: round(this.#lateMs),
      pods: [...this.#pods.values()].map((pod) => ({ ...pod })),
      releases: this.#releases(),
      tracks: [...this.#tracks].map(([track, { latencies, failed }]) => {
        return { track, answers: latencies.length, failed, latencyMs: percentiles(latencies) };
      }),
      seconds: this.#seconds.map(toSecond),
    };
  }

  #addToTrack({ failure, dueMs, overMs }: Outcome, name: string): void {
    const track = this.#tracks.get(name) ?? emptyBucket();
    this.#tracks.set(name, track);
    if (failure === undefined) track.latencies.push(overMs - dueMs);
    else track.failed++;
  }

  #addFailure(outcome: Outcome, failure: string): void {
    this.#second(outcome).failed++;
    increase(this.#failures, failure);
    if (this.#firstFailures.length >= FIRST_FAILURES) return;
    const { dueMs, overMs, detail = "" } = outcome;
    const times = { atMs: round(dueMs), overMs: round(overMs) };
    this.#firstFailures.push({ ...times, connection: connection(outcome), failure, detail });
  }

  #addAnswer(outcome: Outcome): void {
    const second = this.#second(outcome);
    second.latencies.push(outcome.overMs - outcome.dueMs);
    const { from } = outcome;
    if (from === undefined) return;
    increase(second.releases, from.version);
    const key = `${from.name} ${from.version}`;
    const pod = this.#pods.get(key) ?? { ...from, answers: 0 };
    pod.answers++;
    this.#pods.set(key, pod);
  }

  /** The second in which a request was due. Adds the seconds before it, even if they are empty. */
  #second({ dueMs }: Outcome): Bucket {
    const index = Math.floor(dueMs / 1000);
    while (this.#seconds.length <= index) {
      this.#seconds.push(emptyBucket());
    }
    return this.#seconds[index]!;
  }

  #releases(): Report["releases"] {
    const counts = new Map<string, number>();
    for (const { version, answers } of this.#pods.values()) increase(counts, version, answers);
    return [...counts].map(([version, answers]) => ({ version, answers }));
  }
}

/** Exact percentiles, by nearest rank, rounded to a hundredth of a millisecond; null without values. */
function percentiles(values: readonly number[]): Percentiles | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => round(sorted[Math.ceil(share * sorted.length) - 1] ?? 0);
  return { p50: at(0.5), p90: at(0.9), p95: at(0.95), p99: at(0.99), max: at(1) };
}

function toSecond({ latencies, releases, failed }: Bucket): Second {
  return {
    answered: latencies.length,
    failed,
    latencyMs: percentiles(latencies),
    releases: Object.fromEntries(releases),
  };
}

function connection({ fresh }: Outcome): "kept" | "new" {
  return fresh ? "new" : "kept";
}

function increase(counts: Map<string, number>, key: string, by = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
