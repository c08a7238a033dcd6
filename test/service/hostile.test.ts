import assert from "node:assert/strict";
import type { Server } from "node:http";
import { pino } from "pino";
import { createApp } from "../../service/app";
import { identify } from "../../service/identity";
import { answerWith, createServer, listen } from "../../service/server";
import { parseSettings } from "../../service/settings";
import { Bundled, killAll } from "../support/bundled-service";
import { ask } from "../support/http-client";
import { attack } from "../support/hostile/attack";
import { fightOff } from "../support/hostile/campaign";
import { deaf, outlast, slowBodies, slowHeaders } from "../support/hostile/slow";
import { calm, type Vitals, vitals } from "../support/hostile/vitals";

/** A few of each kind. test/full/hostile-pods.test.ts has them by the thousands, on a cluster. */
const COUNT = 300;
/** How long the process may keep resources of an attack, in milliseconds. */
const CALM_MS = 3_000;

describe("service under attack", () => {
  let service: Bundled;
  let metricsPort: number;
  let quiet: Vitals;
  before(async () => {
    service = await Bundled.start();
    metricsPort = Number((await service.logged("started")).metricsPort);
    assert.deepEqual(await fightOff(COUNT / 3, 2, service.port), []); // so that what is made only once exists by now
    quiet = await vitals(metricsPort);
  });
  after(killAll);

  it("refuses malformed requests, closes finished connections, and stays alive", async () => {
    assert.deepEqual(await fightOff(COUNT, 1, service.port), []);
    assert.deepEqual(await fightOff(COUNT / 3, 1, metricsPort, true), []);
    assert.equal((await ask(service.port, "GET", "/pod")).status, 200);
    assert.equal(service.stderr, "");
  });

  it("keeps nothing of the attacks: no socket, no timer, no file, no request", async () => {
    const now = await calm(metricsPort, quiet, CALM_MS);
    const { startedAt, requestsInFlight } = now;
    assert.deepEqual({ startedAt, requestsInFlight }, { startedAt: quiet.startedAt, requestsInFlight: 0 });
    assert.ok(now.resources <= quiet.resources, `${quiet.resources} resources, then ${now.resources}`);
    assert.ok((now.files ?? 0) <= (quiet.files ?? 0), `${quiet.files} open files, then ${now.files}`);
  });

  it("logs no attack as an error of its own, and none of the bytes sent", () => {
    const loud = service.log.filter(({ level }) => level !== "info");
    assert.deepEqual(loud, []);
    assert.ok(!service.out.join().includes("rawPacket"));
  });
});

/** The limits of service/server.ts and the shorter ones of this test, in milliseconds. */
const LIMITS = {
  real: { headersTimeout: 10_000, requestTimeout: 30_000, timeout: 30_000 },
  short: { headersTimeout: 1_500, requestTimeout: 2_000, timeout: 500 },
};
/** Node.js looks for slow clients this often; a busy machine adds to it. In milliseconds. */
const LATE_MS = 2_000 + 2_500;

describe("a service with slow clients", function () {
  this.slow(LATE_MS * 2);
  const servers: Server[] = [];
  let port: number;
  /** Waited for while the other test runs. The client learns that it was cut off when it reads again. */
  let unread: ReturnType<typeof attack>;
  const requests = 900;

  before(async () => {
    port = await serve(LIMITS.real.timeout);
    const ms = 2 * LIMITS.short.timeout + LATE_MS;
    unread = attack(await serve(LIMITS.short.timeout), deaf(requests, ms), ms + LATE_MS);
  });
  after(() => {
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
    }
  });

  async function serve(timeout: number): Promise<number> {
    const server = createServer();
    servers.push(server);
    const { headersTimeout, requestTimeout } = server;
    assert.deepEqual({ headersTimeout, requestTimeout, timeout: server.timeout }, LIMITS.real);
    Object.assign(server, LIMITS.short, { timeout });
    const settings = parseSettings({});
    const app = createApp({
      identity: identify(settings),
      log: pino({ enabled: false }),
      phase: () => "ready",
    });
    answerWith(server, app.callback());
    return await listen(server, 0, "PORT");
  }

  it("cuts off clients that are slow with the headers or the body, and answers all others", async () => {
    const wrong = Promise.all([
      ...slowHeaders.map((slow) => outlast(port, slow, LIMITS.short.headersTimeout + LATE_MS)),
      ...slowBodies.map((slow) => outlast(port, slow, LIMITS.short.requestTimeout + LATE_MS)),
    ]);
    for (let asked = 0; asked < 50; asked++) assert.equal((await ask(port, "GET", "/pod")).status, 200);
    assert.deepEqual((await wrong).flat(), []);
  });

  it("cuts off clients that don't read the answer", async () => {
    const { statuses, endedMs } = await unread; // by then the rest is missing
    assert.ok(endedMs !== undefined && statuses.length < requests, `${statuses.length} answers`);
  });
});
