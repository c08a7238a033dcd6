import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { startLoad, type LoadOptions, type Report } from "../../../commands/load/generator";
import { table } from "../../../commands/load/table";
import { CountingServer, pod, type Behaviour } from "../../support/counting-server";

/** Runs a short load against a server that misbehaves. */
async function against(
  behaviour: Behaviour,
  options: Partial<LoadOptions> = {},
): Promise<{ report: Report; server: CountingServer }> {
  const server = await CountingServer.start(behaviour);
  const report = await startLoad({ url: server.url, rate: 400, durationMs: 250, ...options }).ended;
  await server.stop();
  assert.equal(report.requests, report.answered + report.failed);
  return { report, server };
}

const every = (n: number, act: Behaviour): Behaviour => {
  return (count, req, res) => count % n === 0 && act(count, req, res);
};

describe("load", () => {
  it("counts what the server counts, half of it on connections of its own", async () => {
    const { report, server } = await against(() => false, { connections: 10 });
    assert.deepEqual([report.requests, report.answered, report.failed], [100, 100, 0]);
    assert.deepEqual(report.connections, { kept: 50, new: 50 });
    assert.deepEqual(report.pods, [{ name: "api-1", track: "stable", version: "v1", answers: 100 }]);
    assert.equal(server.requests, 100);
    assert.equal(server.connections, 50 + 5);
    const shared = [...server.perConnection.values()].filter((count) => count > 1);
    assert.deepEqual([shared.length, sum(shared)], [5, 50]);
    assert.ok(
      shared.every((count) => count >= 5),
      `in turn, not one more than the others: ${shared.join(" ")}`,
    );
  });

  for (const [newShare, connections] of [
    [0, 10],
    [1, 100],
  ] as const) {
    it(`opens ${connections} connections for 100 requests with a share of ${newShare}`, async () => {
      const { report, server } = await against(() => false, { connections: 10, newShare });
      assert.deepEqual([report.answered, server.requests, server.connections], [100, 100, connections]);
    });
  }

  it("counts a connection that is reset before the answer, and during it", async () => {
    const { report, server } = await against((n, req, res) => {
      if (n % 10 === 0) req.socket.resetAndDestroy();
      else if (n % 10 === 5) res.write('{"name', () => req.socket.destroy());
      else return false;
      return true;
    });
    assert.equal(server.requests, 100);
    assert.deepEqual([report.answered, report.failures], [80, { "connection reset": 20 }]);
  });

  it("counts an answer that is cut short on a connection that was to be closed after it", async () => {
    const { report } = await against(
      every(10, (_, req, res) => {
        res.shouldKeepAlive = false;
        res.write('{"name', () => req.socket.end());
        return true;
      }),
    );
    assert.deepEqual([report.answered, report.failures], [90, { "connection reset": 10 }]);
  });

  it("counts a connection that is closed in good order without an answer", async () => {
    const { report } = await against(every(10, (_, req) => (req.socket.end(), true)));
    assert.deepEqual([report.answered, report.failures], [90, { "connection reset": 10 }]);
  });

  it("counts no failure if the server closes each kept connection after an answer that says so", async () => {
    const { report, server } = await against((_, _req, res) => ((res.shouldKeepAlive = false), false), {
      newShare: 0,
    });
    assert.deepEqual([report.answered, report.failed, server.connections], [100, 0, 100]);
  });

  it("counts answers that are no 2xx by their status", async () => {
    const { report } = await against((n, _req, res) => {
      if (n % 10 === 0) res.writeHead(500).end("no");
      else if (n % 10 === 5) res.writeHead(302, { location: "/" }).end();
      else return false;
      return true;
    });
    assert.deepEqual(report.failures, { "status 500": 10, "status 302": 10 });
    assert.equal(report.answered, 80);
    assert.equal(report.firstFailures[0]?.failure.startsWith("status"), true);
  });

  it("tells tracks apart by their header, in answers and in errors", async () => {
    const { report } = await against((n, _req, res) => {
      if (n % 10 === 0) res.setHeader("Release-Track", "beta"); // the others say it at /pod alone
      if (n % 20 === 0) res.writeHead(500).end("no");
      return n % 20 === 0;
    });
    const told = report.tracks.map(({ track, answers, failed }) => [track, answers, failed]);
    assert.deepEqual(told.sort(), [
      ["beta", 5, 5],
      ["stable", 90, 0],
    ]);
    assert.match(table(report), /^track beta +5 +5\.3 % +5 failed +p50 [\d.]+ ms, p99/m);
  });

  it("counts what is not answered in time", async () => {
    const { report } = await against(
      every(10, () => true),
      { timeoutMs: 1_000 },
    );
    assert.deepEqual([report.answered, report.failures], [90, { timeout: 10 }]);
  });

  it("counts each refused connection once", async () => {
    const server = await CountingServer.start();
    await server.stop();
    const report = await startLoad({ url: server.url, rate: 400, durationMs: 250 }).ended;
    assert.deepEqual([report.requests, report.failures], [100, { "connection refused": 100 }]);
    assert.equal(report.latencyMs, null);
  });

  it("shows a stall in every request that it would have hit", async () => {
    const started = performance.now();
    const release = started + 400;
    const { report } = await against(
      (_, _req, res) => {
        setTimeout(() => res.end(pod()), release - performance.now());
        return true;
      },
      { rate: 100, durationMs: 500, connections: 4 },
    );
    assert.equal(report.failed, 0);
    // 40 of the 50 were due during the stall, one every 10 ms: a loop that waits would have seen it 4 times.
    const { p50 = 0, max = 0 } = report.latencyMs ?? {};
    assert.ok(p50 > 100 && max > 300, `p50 ${p50}, max ${max}`);
  });

  it("waits for the requests in flight when it is stopped", async () => {
    const server = await CountingServer.start((_, _req, res) => {
      setTimeout(() => res.end(pod()), 300);
      return true;
    });
    const load = startLoad({ url: server.url, rate: 100 });
    await sleep(150);
    assert.equal(load.soFar().requests, 0);
    const [report, again] = await Promise.all([load.stop(), load.stop()]);
    assert.equal(report, again);
    await server.stop();
    assert.ok(report.requests >= 10, `${report.requests}`);
    assert.deepEqual([report.answered, report.failed], [server.requests, 0]);
  });

  it("sends evenly, not in bursts", async () => {
    const arrivals: number[] = [];
    await against(() => (arrivals.push(performance.now()), false), { rate: 50, durationMs: 500 });
    const gaps = arrivals.slice(1).map((at, index) => at - arrivals[index]!);
    // One every 20 ms. The median, because a busy machine delays some of them.
    const median = gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 0;
    assert.ok(median > 10 && median < 30, `${median} ms`);
  });

  it("counts answers per pod, release and second", async () => {
    const { report } = await against(
      (n, _req, res) => {
        res.end(n > 100 ? pod("api-3", "v2") : pod(`api-${1 + (n % 2)}`));
        return true;
      },
      { durationMs: 1100, rate: 100 },
    );
    assert.deepEqual(report.pods.map(({ name, answers }) => [name, answers]).sort(), [
      ["api-1", 50],
      ["api-2", 50],
      ["api-3", 10],
    ]);
    assert.deepEqual(report.releases, [
      { version: "v1", answers: 100 },
      { version: "v2", answers: 10 },
    ]);
    assert.deepEqual(
      report.seconds.map(({ answered }) => answered),
      [100, 10],
    );
  });

  it("counts each release of a pod whose code is replaced while it runs", async () => {
    const { report } = await against((n, _req, res) => {
      res.end(pod("api-1", n > 60 ? "dev-1" : "v1"));
      return true;
    });
    assert.deepEqual(report.releases, [
      { version: "v1", answers: 60 },
      { version: "dev-1", answers: 40 },
    ]);
    assert.match(table(report), /release dev-1 +40 +40\.0 %\n +api-1 \(stable\) +40 /);
  });
});

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
