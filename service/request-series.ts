import type { Histogram, MetricValueWithName } from "prom-client";

type Label = "route" | "method" | "status";

/** Requests with the same labels: their number, their total time, and the number in each bucket alone. */
interface Series {
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly labels: Readonly<Record<Label, string>>;
  readonly buckets: number[];
  seconds: number;
  count: number;
}

/** The methods that have a label of their own. All others share one, so that a client can't fill the memory. */
const methods = new Set(["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]);

/** The upper bounds of the buckets, in seconds. These endpoints take half a millisecond. */
const bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, Infinity];

/**
 * Counts finished requests by route, method and status. It runs for every request, so it creates no object and no string
 * there: with prom-client's own histogram, /healthcheck answered 6 % fewer requests a second.
 */
export class RequestSeries {
  readonly #all: Series[] = [];

  /** Counts a request. */
  add(route: string, method: string, status: number, seconds: number): void {
    const series = this.#of(route, methods.has(method) ? method : "other", status);
    let bucket = 0;
    while (seconds > bounds[bucket]!) bucket++;
    series.buckets[bucket]! += 1;
    series.seconds += seconds;
    series.count++;
  }

  [Symbol.iterator](): Iterator<Series> {
    return this.#all.values();
  }

  /** The series as a metric for a registry, which calls only `get()`. */
  histogram(name: string, help: string): Histogram<Label> {
    const values = () => this.#all.flatMap((series) => lines(name, series));
    const get = () => Promise.resolve({ name, help, type: "histogram", values: values() });
    return { name, get } as unknown as Histogram<Label>;
  }

  #of(route: string, method: string, status: number): Series {
    for (const one of this.#all) {
      if (one.route === route && one.status === status && one.method === method) return one;
    }
    const labels = { route, method, status: String(status) };
    const made = { route, method, status, labels, buckets: bounds.map(() => 0), seconds: 0, count: 0 };
    this.#all.push(made);
    return made;
  }
}

/** Prometheus' buckets: each includes those before it. */
function lines(name: string, { labels, buckets, seconds, count }: Series): MetricValueWithName<string>[] {
  let below = 0;
  const cumulative = bounds.map((bound, i) => {
    below += buckets[i] ?? 0;
    const le = bound === Infinity ? "+Inf" : String(bound);
    return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: below };
  });
  return [
    ...cumulative,
    { metricName: `${name}_sum`, labels, value: seconds },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
