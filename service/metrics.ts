import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";
import type { Identity } from "./identity";
import { RequestSeries } from "./request-series";

/** The metrics of this process: requests, the event loop, memory, and the build. */
export class Metrics {
  readonly registry = new Registry();
  readonly #series = new RequestSeries();
  #inFlight = 0;

  constructor({ version, track }: Identity) {
    const registers = [this.registry];
    const series = this.#series;
    this.registry.registerMetric(
      series.histogram(
        "http_request_duration_seconds",
        "Time from a request's headers to the end of its answer. Status 499: the client left before.",
      ),
    );
    new Counter({
      name: "http_requests_total",
      help: "Requests that are over, probes among them.",
      labelNames: ["route", "method", "status"],
      registers,
      collect() {
        this.reset();
        for (const { labels, count } of series) this.inc(labels, count);
      },
    });
    const inFlight = () => this.#inFlight;
    new Gauge({
      name: "http_requests_in_flight",
      help: "Requests that are being answered.",
      registers,
      collect() {
        this.set(inFlight());
      },
    });
    const build = { version, track, node_version: process.version };
    new Gauge({
      name: "service_build_info",
      help: "1, with what is running as labels.",
      labelNames: Object.keys(build),
      registers,
    }).set(build, 1);
    collectDefaultMetrics({ register: this.registry });
  }

  /** Counts a request that has begun. */
  begin(): void {
    this.#inFlight++;
  }

  /** Counts a request that has ended. The route is a pattern from the code, never a path that a client has sent. */
  end(route: string, method: string, status: number, seconds: number): void {
    this.#inFlight--;
    this.#series.add(route, method, status, seconds);
  }
}
