import assert from "node:assert/strict";
import { startLoad } from "../../commands/load/generator";
import { Bundled, killAll } from "../service/bundled";
import { attack } from "../service/hostile/attack";
import { fightOff } from "../service/hostile/campaign";
import { deaf, type Slow, slowBodies, slowHeaders } from "../service/hostile/slow";
import { calm, type Vitals, vitals } from "../service/hostile/vitals";

/** Attacks on the port that everybody asks, and on the one for metrics. */
const COUNT = { everybody: 10_000, metrics: 2_000 };
const WARM_UP = 3_000;

/** Other attacks each time: a failure names its seed, with which HOSTILE_SEED makes the same ones again. */
const SEED = Number(process.env.HOSTILE_SEED ?? Date.now() % 2 ** 31);

/** After how many milliseconds service/server.ts cuts a client off, the time until it looks at the clock included. */
const CUT_OFF_MS = { headers: 12_000, body: 32_000, stall: 60_000 };
/** What a busy machine may add to that. */
const BUSY_MS = 3_000;

/** Of each kind of slow client, at the same time. */
const SLOW = 5;
const DEAF = { requests: 900, ms: CUT_OFF_MS.stall + BUSY_MS };

/**
 * What the process may grow by in bytes. The least that a connection holds are the 4 KiB of its socket and parser: if
 * none of the attacks' were let go, that would be more than this. What it does grow by waits to be collected.
 */
const GROWTH = 32 * 1024 * 1024;

describe("service under thousands of attacks", function () {
  this.timeout(180_000);
  this.slow(60_000);
  let service: Bundled;
  let metricsPort: number;
  let quiet: Vitals;

  before("warm up", async () => {
    service = await Bundled.start();
    metricsPort = Number((await service.logged("started")).metricsPort);
    quiet = await vitals(metricsPort);
    assert.deepEqual(await fightOff(WARM_UP, SEED + 1, service.port), []);
  });
  after(killAll);

  it("refuses what is malformed, cuts off who is slow, and answers everybody else", async () => {
    const warm = await calm(metricsPort, quiet, BUSY_MS);
    const load = startLoad({ url: `http://127.0.0.1:${service.port}`, rate: 50, connections: 10 });
    const wrong = await Promise.all([
      fightOff(COUNT.everybody, SEED, service.port),
      fightOff(COUNT.metrics, SEED, metricsPort, true),
      ...slowHeaders.map((slow) => outlast(slow, CUT_OFF_MS.headers)),
      ...slowBodies.map((slow) => outlast(slow, CUT_OFF_MS.body)),
      ignore(),
    ]);
    const { answered, failed, firstFailures } = await load.stop();
    assert.deepEqual(wrong.flat(), []);
    assert.deepEqual(firstFailures, []);
    assert.equal(failed, 0);
    assert.ok(answered > 1_000, `${answered} answered`);
    const after = await calm(metricsPort, warm, BUSY_MS);
    const { startedAt, requestsInFlight } = after;
    assert.deepEqual({ startedAt, requestsInFlight }, { startedAt: quiet.startedAt, requestsInFlight: 0 });
    assert.ok(after.resources <= warm.resources, `${warm.resources} resources, then ${after.resources}`);
    assert.ok((after.files ?? 0) <= (warm.files ?? 0), `${warm.files} open files, then ${after.files}`);
    const growth = after.residentBytes - warm.residentBytes;
    assert.ok(growth < GROWTH, `grown by ${growth} bytes`);
  });

  it("logs nothing of it as its own fault, and no bytes of what was sent", () => {
    assert.deepEqual(
      service.log.filter(({ level }) => level !== "info"),
      [],
    );
    assert.ok(!service.out.some((line) => line.includes("rawPacket")));
    assert.equal(service.stderr, "");
  });

  async function outlast({ name, attack: one, allowed }: Slow, withinMs: number): Promise<string[]> {
    const clients = Array.from({ length: SLOW }, () => attack(service.port, one, withinMs + BUSY_MS));
    return (await Promise.all(clients)).flatMap(({ statuses, endedMs }) => {
      const unexpected = statuses.filter((status) => !allowed.includes(status));
      if (endedMs === undefined) return `who ${name} was not cut off within ${withinMs} ms`;
      return unexpected.length > 0 ? `who ${name} was answered ${unexpected.join(", ")}` : [];
    });
  }

  /** Whether it was cut off is known once it listens again: by then only what was on the way arrives. */
  async function ignore(): Promise<string[]> {
    const { statuses, endedMs } = await attack(service.port, deaf(DEAF.requests, DEAF.ms), DEAF.ms + BUSY_MS);
    const cut = endedMs !== undefined && statuses.length < DEAF.requests;
    return cut ? [] : [`who takes no answers got all of them after ${DEAF.ms} ms`];
  }
});
