import { poll } from "../../../common/poll";
import { ask } from "../http-client";

/** What a process reports at its metrics port. */
export interface Vitals {
  /** When it was started: another number is another process. */
  readonly startedAt: number | undefined;
  readonly residentBytes: number;
  /** Sockets, timers and so on, files among them. */
  readonly resources: number;
  /** Undefined if the system doesn't say. */
  readonly files: number | undefined;
  readonly requestsInFlight: number;
}

/** Reads them from a process of this machine. */
export async function vitals(metricsPort: number): Promise<Vitals> {
  return vitalsIn((await ask(metricsPort, "GET", "/metrics")).body);
}

/** Parses an answer of `/metrics`. */
export function vitalsIn(body: string): Vitals {
  const read = (name: string) => {
    const [, value] = new RegExp(`^${name} (\\S+)$`, "m").exec(body) ?? [];
    return value === undefined ? undefined : Number(value);
  };
  return {
    startedAt: read("process_start_time_seconds"),
    residentBytes: read("process_resident_memory_bytes") ?? NaN,
    resources: read("nodejs_active_resources_total") ?? NaN,
    files: read("process_open_fds"),
    requestsInFlight: read("http_requests_in_flight") ?? NaN,
  };
}

/** Waits until the process holds no more than before, at most for `within` milliseconds. */
export async function calm(metricsPort: number, before: Vitals, within: number): Promise<Vitals> {
  let now = before;
  await poll({ withinMs: within, everyMs: 100 }, async () => {
    now = await vitals(metricsPort);
    const held = now.resources > before.resources || (now.files ?? 0) > (before.files ?? 0);
    return held ? undefined : now;
  });
  return now;
}
