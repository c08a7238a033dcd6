// Runs in a pod on the node's own network, from which pods and node ports are reached in the same way. Without
// arguments it waits to be called by `kubectl exec`; with some it puts a load on a URL and prints the outcome as JSON.
import autocannon from "autocannon";
import { startLoad } from "../../commands/load/generator";

/** The outcome of a load. */
export interface Outcome {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Connections at a time, all of them kept. */
const CONNECTIONS = 50;
/**
 * The service closes a connection after so many requests (service/server.ts), and autocannon would go on sending on it.
 */
const MOST_PER_CONNECTION = 1_000;

const [kind, url = "", amount, rate] = process.argv.slice(2);

/** Sends so many requests at full speed: each connection sends its next one when it has its answer. */
async function fullSpeed(): Promise<Outcome> {
  let [seconds, last] = [0, { p50: NaN, p99: NaN }];
  for (let left = Number(amount); left > 0; left -= CONNECTIONS * MOST_PER_CONNECTION) {
    const now = Math.min(left, CONNECTIONS * MOST_PER_CONNECTION);
    // It ends at the first sample after the last answer: by default, a second is between them.
    const { latency, duration, non2xx, errors } = await autocannon({
      url,
      connections: CONNECTIONS,
      amount: now,
      sampleInt: 50,
    });
    if (non2xx + errors > 0) throw new Error(`${non2xx + errors} requests to ${url} failed`);
    seconds += duration;
    last = latency;
  }
  return { perSecond: Number(amount) / seconds, p50: last.p50, p99: last.p99 };
}

/** Sends so many requests at an even rate, however long the answers take. Latency counts from when each was due. */
async function fixedRate(): Promise<Outcome> {
  const { pathname: path, origin } = new URL(url);
  const durationMs = (Number(amount) / Number(rate)) * 1000;
  const options = {
    url: origin,
    path,
    rate: Number(rate),
    durationMs,
    newShare: 0,
    connections: CONNECTIONS,
  };
  const { failed, latencyMs } = await startLoad(options).ended;
  if (failed > 0 || latencyMs === null) throw new Error(`${failed} requests to ${url} failed`);
  return { perSecond: Number(rate), p50: latencyMs.p50, p99: latencyMs.p99 };
}

async function main(): Promise<void> {
  const outcome = await (kind === "full-speed" ? fullSpeed() : fixedRate());
  console.log(JSON.stringify(outcome));
}

process.on("SIGTERM", () => process.exit());
if (kind === undefined) setInterval(() => {}, 60_000);
else
  main().catch((error: Error) => {
    console.error(error.message);
    process.exit(1);
  });
