import type { Answer, Outcome } from "./pod";

/** The time over which shares and percentiles are computed, in milliseconds. */
const WINDOW_MS = 10_000;
/** The number of outcomes that are kept: 10 s at 200 a second, and a few more. */
const SIZE = 2048;

/** A pod's part of the traffic of the last seconds. */
export interface Part {
  readonly share: number;
  readonly latencyMs: number;
}

/** The traffic of the last seconds. Latencies are in milliseconds, and NaN if there were no answers. */
export interface Summary {
  readonly p50: number;
  readonly p95: number;
  /** By the pod's name. */
  readonly parts: ReadonlyMap<string, Part>;
  /** Sorted by the track's name. */
  readonly tracks: readonly TrackPart[];
}

/** A track's part of the traffic of the last seconds. */
export interface TrackPart {
  readonly track: string;
  /** Its share of all answers. */
  readonly share: number;
  /** The share of its own answers that were errors. */
  readonly failed: number;
  readonly p50: number;
  readonly p95: number;
}

/** The last outcomes, in a ring, so that memory doesn't grow while the page is open. */
export class Recent {
  readonly #outcomes: Outcome[] = [];
  #next = 0;

  add(outcome: Outcome): void {
    this.#outcomes[this.#next] = outcome;
    this.#next = (this.#next + 1) % SIZE;
  }

  summary(now: number): Summary {
    const outcomes = this.#outcomes.filter(({ at }) => now - at < WINDOW_MS);
    const answers = outcomes.filter((outcome): outcome is Answer => outcome.pod !== undefined);
    const all = answers.map(({ latencyMs }) => latencyMs);
    const pods = new Map<string, number[]>();
    for (const { pod, latencyMs } of answers) {
      const latencies = pods.get(pod.name);
      if (latencies) latencies.push(latencyMs);
      else pods.set(pod.name, [latencyMs]);
    }
    const parts = [...pods].map(([name, latencies]) => [name, part(latencies, all.length)] as const);
    const tracks = tracksIn(outcomes);
    return { p50: percentile(all, 0.5), p95: percentile(all, 0.95), parts: new Map(parts), tracks };
  }
}

/** The parts of all tracks. Requests that no track has answered are left out. */
function tracksIn(outcomes: readonly Outcome[]): TrackPart[] {
  const tracks = new Map<string, number[]>(); // latencies, NaN for an error
  for (const outcome of outcomes) {
    const track = outcome.pod ? outcome.pod.track : outcome.track;
    if (track === undefined) continue;
    const latencies = tracks.get(track) ?? [];
    tracks.set(track, latencies);
    latencies.push(outcome.pod ? outcome.latencyMs : NaN);
  }
  const total = [...tracks.values()].reduce((sum, { length }) => sum + length, 0);
  const parts = [...tracks].map(([track, all]): TrackPart => {
    const answered = all.filter((latency) => !Number.isNaN(latency));
    const failed = (all.length - answered.length) / all.length;
    const [p50, p95] = [percentile(answered, 0.5), percentile(answered, 0.95)];
    return { track, share: all.length / total, failed, p50, p95 };
  });
  return parts.sort((a, b) => a.track.localeCompare(b.track));
}

function part(latencies: number[], total: number): Part {
  return { share: latencies.length / total, latencyMs: percentile(latencies, 0.5) };
}

/** A percentile by nearest rank. It sorts `values` in place. @param part from 0 to 1 */
export function percentile(values: number[], part: number): number {
  values.sort((a, b) => a - b);
  return values[Math.max(0, Math.ceil(part * values.length) - 1)] ?? NaN;
}
