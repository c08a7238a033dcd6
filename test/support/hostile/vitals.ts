import { poll } from "../../../common/poll";
import { ask } from "../http-client";

/** What a process says of itself at its metrics port. */
export interface Vitals {
  /** When it was started: another number is another process. */
  readonly startedAt: number | undefined;
  readonly residentBytes: number;
  /** Sockets, timers and so on, files among them. */
  readonly resources: number;
  /** Undefined where the system doesn't say. */
  readonly files: number | undefined;
  readonly requestsInFlight: number;
}

/** Asks a process of this machine for them. */
export async function vitals(metricsPort: number): Promise<Vitals> {
  return vitalsIn((await ask(metricsPort, "GET", "/metrics")).body);
}

/** Reads them in what a process answers at `/metrics`. */
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

/** Asks until nothing is held any more that wasn't before, or the time, in milliseconds, is over. */
export async function calm(metricsPort: number, before: Vitals, within: number): Promise<Vitals> {
  let now = before;
  await poll({ withinMs: within, everyMs: 100 }, async () => {
    now = await vitals(metricsPort);
    const held = now.resources > before.resources || (now.files ?? 0) > (before.files ?? 0);
    return held ? undefined : now;
  });
  return now;
}
