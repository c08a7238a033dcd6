import type { Answer } from "./pod";

/** What "now" means for numbers that need more than one request, in milliseconds. */
const WINDOW_MS = 10_000;
/** The most answers that a window has: 10 s at 200 a second, and some. */
const SIZE = 2048;

/** A pod's part in the traffic of the last seconds. */
export interface Part {
  readonly share: number;
  readonly latencyMs: number;
}

/** The traffic of the last seconds. Latencies are in milliseconds, and NaN if nothing was answered. */
export interface Summary {
  readonly p50: number;
  readonly p95: number;
  readonly parts: ReadonlyMap<string, Part>;
}

/** The last answers, in a ring: however long the page is open, it needs no more room. */
export class Recent {
  readonly #answers: Answer[] = [];
  #next = 0;

  add(answer: Answer): void {
    this.#answers[this.#next] = answer;
    this.#next = (this.#next + 1) % SIZE;
  }

  summary(now: number): Summary {
    const answers = this.#answers.filter(({ at }) => now - at < WINDOW_MS);
    const all = answers.map(({ latencyMs }) => latencyMs);
    const pods = new Map<string, number[]>();
    for (const { pod, latencyMs } of answers) {
      const latencies = pods.get(pod.name);
      if (latencies) latencies.push(latencyMs);
      else pods.set(pod.name, [latencyMs]);
    }
    const parts = [...pods].map(([name, latencies]) => [name, part(latencies, all.length)] as const);
    return { p50: percentile(all, 0.5), p95: percentile(all, 0.95), parts: new Map(parts) };
  }
}

function part(latencies: number[], total: number): Part {
  return { share: latencies.length / total, latencyMs: percentile(latencies, 0.5) };
}

/** The smallest value that is not less than this part of all (nearest rank). Sorts what it is given. */
export function percentile(values: number[], part: number): number {
  values.sort((a, b) => a - b);
  return values[Math.max(0, Math.ceil(part * values.length) - 1)] ?? NaN;
}
