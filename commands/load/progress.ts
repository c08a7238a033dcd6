import type { Load, Report } from "./generator";

/** How often a terminal's line is updated, and how often a log gets a line, in milliseconds. */
const EVERY_MS = { terminal: 500, log: 10_000 } as const;

/** Shows the progress of a load until `end`. Uses standard error, because standard output may be a file. */
export function showProgress(load: Load, durationMs: number): { end(): void } {
  const live = process.stderr.isTTY;
  const show = () => {
    const text = line(load.soFar(), durationMs);
    process.stderr.write(live ? `\r\x1b[K${text}` : `${text}\n`);
  };
  const timer = setInterval(show, live ? EVERY_MS.terminal : EVERY_MS.log);
  return {
    end: () => {
      clearInterval(timer);
      if (live) process.stderr.write("\r\x1b[K");
    },
  };
}

function line({ durationMs, requests, failed, latencyMs, pods }: Report, wantedMs: number): string {
  const seconds = Math.min(durationMs, wantedMs) / 1000;
  return [
    `${seconds.toFixed(0)} of ${wantedMs / 1000} s`,
    `${requests} requests`,
    `${failed} failed`,
    `p99 ${latencyMs?.p99 ?? "-"} ms`,
    `${pods.length} ${pods.length === 1 ? "pod" : "pods"}`,
  ].join(" · ");
}
