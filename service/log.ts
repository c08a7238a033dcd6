import { destination, pino, stdTimeFunctions, type Logger } from "pino";
import type { Identity } from "./identity";
import type { Settings } from "./settings";

/** The service's logger. */
export type Log = Logger;

/**
 * Makes the logger: one JSON object a line on stdout, where Kubernetes collects it, each with the pod, track and
 * release it comes from.
 */
export function createLog({ LOG_LEVEL }: Settings, { name, track, version }: Identity): Log {
  const options = {
    level: LOG_LEVEL,
    base: { pod: name, track, release: version },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  // Not pino's default, with which a line still being written when the process exits comes after the last one.
  return pino(options, destination({ dest: 1, sync: true }));
}
