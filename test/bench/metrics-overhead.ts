// What metrics cost: npx tsx test/bench/metrics-overhead.ts [rounds]
//
// Two processes of the bundled service, one with metrics and one without, are asked in turn by autocannon. Logs are off,
// since writing a line costs more than metrics do and would hide them. Requests a second are what counts; other programs
// on the machine disturb CPU time a request less. Measurements one after the other are compared, and the median of all
// comparisons is printed.
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import autocannon from "autocannon";
import { bundle } from "../../infra/image/bundle";
import { summarize } from "./statistics";

const ROUNDS = Number(process.argv[2] ?? 20);
const SECONDS = 1;

interface Side {
  readonly server: ChildProcess;
  readonly url: string;
}

interface Measure {
  readonly perSecond: number;
  readonly cpuMicros: number;
}

async function start(file: string, metrics: "with" | "without"): Promise<Side> {
  const server = fork(file, [metrics], { execArgv: [], env: {} });
  const [{ port }] = (await once(server, "message")) as [{ port: number }];
  return { server, url: `http://127.0.0.1:${port}` };
}

async function cpuMicros({ server }: Side): Promise<number> {
  server.send("cpu");
  const [{ cpu }] = (await once(server, "message")) as [{ cpu: NodeJS.CpuUsage }];
  return cpu.user + cpu.system;
}

async function measure(side: Side, path: string): Promise<Measure> {
  const before = await cpuMicros(side);
  const { requests, non2xx, errors } = await autocannon({
    url: side.url + path,
    connections: 10,
    duration: SECONDS,
  });
  if (non2xx + errors > 0) throw new Error(`${non2xx + errors} requests to ${path} failed`);
  return { perSecond: requests.average, cpuMicros: ((await cpuMicros(side)) - before) / requests.total };
}

async function compare(without: Side, with_: Side, path: string): Promise<void> {
  for (const side of [without, with_]) await measure(side, path); // until the compiler is warm
  const pairs: { plain: Measure; metered: Measure }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const first = await measure(round % 2 === 0 ? without : with_, path);
    const second = await measure(round % 2 === 0 ? with_ : without, path);
    pairs.push(round % 2 === 0 ? { plain: first, metered: second } : { plain: second, metered: first });
  }
  const fewer = median(pairs.map(({ plain, metered }) => 1 - metered.perSecond / plain.perSecond));
  const more = median(pairs.map(({ plain, metered }) => metered.cpuMicros / plain.cpuMicros - 1));
  const perSecond = median(pairs.map(({ plain }) => plain.perSecond)).toFixed(0);
  const cpu = median(pairs.map(({ plain }) => plain.cpuMicros)).toFixed(1);
  console.log(`${path}: ${percent(fewer)} fewer requests a second (of ${perSecond}),`);
  console.log(`  ${percent(more)} more CPU time a request (than ${cpu} µs)`);
}

function median(values: readonly number[]): number {
  return summarize(values).median;
}

function percent(part: number): string {
  return `${(part * 100).toFixed(1)} %`;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "overhead-"));
  const file = join(folder, "server.js");
  writeFileSync(file, (await bundle(join(__dirname, "overhead-server.ts"))).code);
  const sides = [await start(file, "without"), await start(file, "with")] as const;
  try {
    for (const path of ["/healthcheck", "/ip"]) await compare(...sides, path);
  } finally {
    for (const { server } of sides) server.kill();
    rmSync(folder, { recursive: true });
  }
}

void main();
