import { exitAtOnce } from "./exit-on-signal"; // first: see there
import { createApp } from "./app";
import { measureCpu } from "./cpu-use";
import { identify } from "./identity";
import { Lifecycle } from "./lifecycle";
import { createLog, type Log } from "./log";
import { Metrics } from "./metrics";
import { createMetricsServer } from "./metrics-server";
import { answerWith, createServer, listen, ListenError } from "./server";
import { parseSettings, SettingsError, type Settings } from "./settings";

/** Starts the service. Signals are handled before it listens, so that it always shuts down in order. */
async function main(): Promise<void> {
  const settings = parseSettings(process.env);
  const identity = identify(settings);
  const log = createLog(settings, identity);
  const server = createServer();
  const lifecycle = new Lifecycle(server);
  const metrics = new Metrics(identity);
  const app = createApp({
    identity,
    log,
    metrics,
    phase: () => lifecycle.phase,
    cpuUse: measureCpu(settings),
  });
  answerWith(server, app.callback());
  leaveOnSignals(lifecycle, settings, log);
  log.info("starting");
  // First, so that every answer is counted, and a pod that lacks one of its ports is never ready.
  const metricsServer = createMetricsServer(metrics.registry, log);
  const metricsPort = await listen(metricsServer, settings.METRICS_PORT, "METRICS_PORT");
  const port = await listen(server, settings.PORT, "PORT");
  if (lifecycle.phase === "ready") log.info({ port, metricsPort }, "started");
}

/**
 * Drains on SIGTERM and SIGINT, then exits with 0, or with 1 if requests were cut off. A second SIGINT comes from a person
 * who won't wait, and exits at once; a second SIGTERM comes from a supervisor that repeats itself, and is ignored.
 */
function leaveOnSignals(lifecycle: Lifecycle, settings: Settings, log: Log): void {
  const hurry = new AbortController();
  const leave = (signal: NodeJS.Signals) => {
    if (lifecycle.phase !== "draining") void drain(signal);
    else if (signal === "SIGINT") hurry.abort();
  };
  const drain = async (signal: NodeJS.Signals) => {
    const times = { acceptMs: settings.DRAIN_MS, overMs: settings.SHUTDOWN_MS };
    log.info({ signal, ...times }, "draining");
    const cut = await lifecycle.drain(times, hurry.signal);
    if (cut > 0) log.warn({ cut }, "cut connections with a request in flight");
    log.info("stopped");
    process.exit(cut > 0 ? 1 : 0);
  };
  process.on("SIGTERM", leave).on("SIGINT", leave);
  process.off("SIGTERM", exitAtOnce).off("SIGINT", exitAtOnce);
}

/** Prints an error that a person can fix as its message alone; any other is a bug and keeps its stack. */
function fail(error: unknown): void {
  const fixable = error instanceof SettingsError || error instanceof ListenError;
  process.stderr.write(`${fixable ? error.message : String((error as Error).stack)}\n`);
  process.exit(1);
}

main().catch(fail);
