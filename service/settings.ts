import * as z from "zod"; // not `{ z }`: only so can a bundler leave out what isn't used, which halves the start

const HOUR_MS = 3_600_000;

const text = z.string();
const port = wholeNumber(65_535, "a whole number from 0 to 65535");
const duration = wholeNumber(HOUR_MS, `a whole number of milliseconds from 0 to ${HOUR_MS}`);
const count = wholeNumber(1_000_000, "a whole number from 0 to 1000000");
const address = z.union([z.ipv4(), z.ipv6()], "an IPv4 or IPv6 address");
const levels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

/** Two variables that are valid by themselves. */
const durations = z.object({ DRAIN_MS: z.number().max(HOUR_MS), SHUTDOWN_MS: z.number().max(HOUR_MS) });
const ports = z.object({ PORT: z.number(), METRICS_PORT: z.number() });

const environment = z
  .object({
    PORT: port.default(3000),
    METRICS_PORT: port.default(9464),
    MY_POD_NAME: text.optional(),
    MY_POD_IP: address.optional(),
    MY_POD_NAMESPACE: text.optional(),
    MY_NODE_NAME: text.optional(),
    CPU_REQUEST_MILLICORES: count.optional(),
    CPU_TARGET_PERCENT: count.optional(),
    RELEASE_TRACK: text.default("local"),
    RELEASE_VERSION: text.default("local"),
    LOG_LEVEL: z.enum(levels, `one of ${levels.join(", ")}`).default("info"),
    DRAIN_MS: duration.default(0),
    SHUTDOWN_MS: duration.default(10_000),
  })
  .refine((env) => env.DRAIN_MS <= env.SHUTDOWN_MS, {
    path: ["DRAIN_MS"],
    error: "not more than SHUTDOWN_MS, which is 10000 if it isn't set",
    // Checked even if another variable is invalid, so that all problems are reported at once.
    when: ({ value }) => durations.safeParse(value).success,
  })
  .refine((env) => env.METRICS_PORT !== env.PORT || env.PORT === 0, {
    path: ["METRICS_PORT"],
    error: "a port other than PORT: what Prometheus asks isn't for everybody",
    when: ({ value }) => ports.safeParse(value).success,
  });

/**
 * The service's settings from the environment, read once and never changed.
 *
 * - `PORT`: TCP port to listen on; 0 lets the system choose a free one.
 * - `METRICS_PORT`: TCP port of `/metrics`; 0 lets the system choose a free one.
 * - `MY_POD_NAME`, `MY_POD_IP`, `MY_POD_NAMESPACE`, `MY_NODE_NAME`: from the Downward API, absent outside of a pod
 *   (https://kubernetes.io/docs/concepts/workloads/pods/downward-api/).
 * - `CPU_REQUEST_MILLICORES`, `CPU_TARGET_PERCENT`: what the pod requests, and the use of it at which its autoscaler
 *   aims; absent without an autoscaler.
 * - `RELEASE_TRACK`, `RELEASE_VERSION`: which release this is, such as `stable` and `1.4.0`.
 * - `LOG_LEVEL`: the least severe level that is logged.
 * - `DRAIN_MS`: milliseconds for which requests are still accepted after SIGTERM.
 * - `SHUTDOWN_MS`: milliseconds from SIGTERM to the latest end of the process.
 */
export type Settings = Readonly<z.infer<typeof environment>>;

/** The environment is invalid. The message has a line for each variable that has to be fixed. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

/**
 * Reads the settings from an environment, such as `process.env`. An empty string counts as not set, because
 * that is what `PORT= npm start` and an empty value in a manifest mean.
 *
 * @throws {SettingsError} which names every bad variable, its value and what is allowed
 */
export function parseSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const { data, error } = environment.safeParse(given);
  if (error) throw new SettingsError(error.issues.map((issue) => line(issue, given)).join("\n"));
  return data;
}

function line({ path, message }: z.core.$ZodIssue, given: Record<string, unknown>): string {
  const name = String(path[0]);
  const value = name in given ? `=${JSON.stringify(given[name])}` : ", as it is by default,";
  return `${name}${value} is not allowed: ${message}`;
}

/** Digits only: Number() alone would also accept "1e3", "0x10" and " 5 ". */
function wholeNumber(max: number, allowed: string) {
  return z.string().regex(/^\d+$/, allowed).transform(Number).pipe(z.number().max(max, allowed));
}
