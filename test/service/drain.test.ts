import assert from "node:assert/strict";
import { Agent } from "node:http";
import { Bundled, killAll } from "../support/bundled-service";
import { ask, Wire } from "../support/http-client";

const whole = "GET /pod HTTP/1.1\r\nHost: a\r\n\r\n";
const half = whole.slice(0, 20);
const rest = whole.slice(20);
const told = /^HTTP\/1\.1 200 OK\r\n[^]*Connection: close\r\n[^]*\}$/;
const kept = /^HTTP\/1\.1 200 OK\r\n[^]*Connection: keep-alive\r\n[^]*\}$/;

async function open(service: Bundled, sent: string): Promise<Wire> {
  const wire = await Wire.open(service.port);
  wire.send(sent);
  return wire;
}

async function signal(service: Bundled, name: NodeJS.Signals = "SIGTERM"): Promise<void> {
  service.process.kill(name);
  await service.logged("draining");
}

describe("service drain", () => {
  afterEach(killAll);

  for (const name of ["SIGTERM", "SIGINT"] as const) {
    it(`exits with 0 on ${name} if no request is in flight`, async () => {
      const service = await Bundled.start();
      assert.equal(await service.stop(name), 0);
      assert.deepEqual(service.stderr, "");
    });
  }

  it("stops being ready at once, goes on answering, and tells each client to close", async () => {
    const service = await Bundled.start({ DRAIN_MS: "1000" });
    const idle = await open(service, whole);
    const later = await open(service, whole);
    await Promise.all([idle.receives(kept), later.receives(kept)]);
    await signal(service);
    const ready = await ask(service.port, "GET", "/readyz");
    assert.deepEqual([ready.status, ready.body, ready.headers.connection], [503, "draining", "close"]);
    assert.equal((await ask(service.port, "GET", "/healthcheck")).status, 200);
    assert.equal(idle.closed, false, "an idle connection is kept for the client to be told on");
    later.received = "";
    later.send(whole);
    assert.match(await later.ended(), told);
    assert.match(await idle.ended(), kept);
    assert.equal(await service.exited(), 0);
    await assert.rejects(ask(service.port, "GET", "/readyz"), { code: "ECONNREFUSED" });
  });

  it("answers connections that were open when it stopped accepting", async () => {
    const service = await Bundled.start();
    const first = await open(service, half);
    const second = await open(service, whole);
    await second.receives(kept);
    second.received = "";
    second.send(half);
    await ask(service.port, "GET", "/ip"); // afterwards, the service has read the halves too
    await signal(service);
    await refused(service);
    first.send(rest);
    second.send(rest);
    assert.match(await first.ended(), told);
    assert.match(await second.ended(), told);
    assert.equal(await service.exited(), 0);
  });

  it("doesn't wait for a connection on which nothing was ever sent", async () => {
    const service = await Bundled.start({ SHUTDOWN_MS: "60000" });
    const silent = await open(service, "");
    await ask(service.port, "GET", "/ip");
    assert.equal(await service.stop(), 0);
    assert.equal(await silent.ended(), "");
  });

  it("doesn't wait for a connection that becomes idle after it has stopped accepting", async () => {
    const service = await Bundled.start({ SHUTDOWN_MS: "60000" });
    const upload = await open(service, "POST /ip HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n1");
    await upload.receives(/405 Method/);
    await signal(service);
    await refused(service);
    upload.send("2");
    await upload.ended();
    assert.equal(await service.exited(), 0);
  });

  it("answers the first of pipelined requests and says that the others must be sent again", async () => {
    const service = await Bundled.start({ DRAIN_MS: "300" });
    await signal(service);
    const wire = await open(service, whole + whole);
    assert.match(await wire.ended(), told);
    assert.equal(wire.received.match(/HTTP\/1\.1 200/g)?.length, 1);
    assert.equal(await service.exited(), 0);
  });

  it("cuts off requests that take too long, and exits with 1", async () => {
    const service = await Bundled.start({ SHUTDOWN_MS: "300" });
    const wire = await open(service, half);
    await ask(service.port, "GET", "/ip");
    assert.equal(await service.stop(), 1);
    assert.equal(await wire.ended(), "");
    const { level, cut } = await service.logged("cut connections with a request in flight");
    assert.deepEqual([level, cut], ["warn", 1]);
  });

  it("exits at once on a second SIGINT, but not on a second SIGTERM", async () => {
    const service = await Bundled.start({ DRAIN_MS: "60000", SHUTDOWN_MS: "60000" });
    await signal(service, "SIGINT");
    service.process.kill("SIGTERM");
    assert.equal((await ask(service.port, "GET", "/healthcheck")).status, 200);
    assert.equal(await service.stop("SIGINT"), 0);
  });

  it("loses no request of clients that keep their connections and obey `Connection: close`", async () => {
    const service = await Bundled.start({ DRAIN_MS: "500" });
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    const clients = Array.from({ length: 8 }, async () => {
      for (let sent = 1; ; sent++) {
        const { status, headers } = await ask(service.port, "GET", "/ip", agent);
        assert.equal(status, 200);
        if (headers.connection === "close" && service.process.killed) return sent;
      }
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    service.process.kill("SIGTERM");
    for (const sent of await Promise.all(clients)) assert.ok(sent > 1);
    assert.equal(await service.exited(), 0);
  });
});

/** Waits until the service has stopped accepting. */
async function refused(service: Bundled): Promise<void> {
  for (;;) {
    try {
      await ask(service.port, "GET", "/healthcheck");
    } catch {
      return;
    }
  }
}
