import assert from "node:assert/strict";
import type { Identity } from "../../service/identity";
import { Metrics } from "../../service/metrics";
import { Bundled, killAll } from "../support/bundled-service";
import { ask } from "../support/http-client";

describe("service metrics", () => {
  let service: Bundled;
  let port: number;
  before(async () => {
    service = await Bundled.start({ RELEASE_VERSION: "1.4.0", RELEASE_TRACK: "canary", DRAIN_MS: "9000" });
    port = Number((await service.logged("started")).metricsPort);
  });
  after(killAll);

  /** The lines of a metric. */
  async function lines(name: string): Promise<string[]> {
    const { body } = await ask(port, "GET", "/metrics");
    return body.split("\n").filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  }

  it("are served on a port of their own, in Prometheus' format", async () => {
    const { status, headers, body } = await ask(port, "GET", "/metrics");
    assert.deepEqual([status, headers["content-type"]], [200, "text/plain; version=0.0.4; charset=utf-8"]);
    for (const line of body.split("\n").filter(Boolean))
      assert.match(line, /^(# (HELP|TYPE) |\w+(\{.*\})? \S+$)/);
    assert.equal((await ask(port, "GET", "/pod")).status, 404);
    assert.equal((await ask(port, "POST", "/metrics")).status, 405);
  });

  it("describe the build, the process and the event loop", async () => {
    const build = `service_build_info{version="1.4.0",track="canary",node_version="${process.version}"} 1`;
    assert.deepEqual(await lines("service_build_info"), [build]);
    for (const name of [
      "process_cpu_seconds_total",
      "nodejs_eventloop_lag_p99_seconds",
      "nodejs_heap_size_used_bytes",
    ])
      assert.equal((await lines(name)).length, 1, name);
  });

  it("count requests by route, method and status, and by nothing that a client invents", async () => {
    for (const [method, path] of [
      ["GET", "/ip"],
      ["GET", "/ip?x=1"],
      ["HEAD", "/ip"],
      ["POST", "/ip"],
      ["GET", "/healthcheck"],
      ["GET", "/metrics"],
      ["GET", "/b"],
      ["PROPFIND", "/pod"],
    ] as const)
      await ask(service.port, method, path);
    const counts = [
      '{route="/healthcheck",method="GET",status="200"} 1',
      '{route="/ip",method="GET",status="200"} 2',
      '{route="/ip",method="HEAD",status="200"} 1',
      '{route="/ip",method="POST",status="405"} 1',
      '{route="/pod",method="other",status="501"} 1',
      '{route="unmatched",method="GET",status="404"} 2',
    ];
    for (const name of ["http_requests_total", "http_request_duration_seconds_count"]) {
      const told = await lines(name);
      assert.deepEqual(
        told.sort(),
        counts.map((rest) => name + rest),
      );
    }
    assert.deepEqual(await lines("http_requests_in_flight"), ["http_requests_in_flight 0"]);
  });

  it("aren't served on the service's port", async () => {
    assert.equal((await ask(service.port, "GET", "/metrics")).status, 404);
  });

  it("are served while the service drains", async () => {
    service.process.kill("SIGTERM");
    await service.logged("draining");
    assert.equal((await ask(port, "GET", "/metrics")).status, 200);
    assert.equal(await service.stop("SIGINT"), 0);
  });
});

describe("service metrics' histogram", () => {
  it("counts a duration in each bucket that it isn't longer than", async () => {
    const metrics = new Metrics({ version: "1", track: "stable" } as Identity);
    for (const seconds of [0.0004, 0.0005, 0.003, 7]) metrics.end("/ip", "GET", 200, seconds);
    const told = await metrics.registry.metrics();
    const buckets = [...told.matchAll(/^http_request_duration_seconds_bucket\{.*le="(.*)"\} (\d+)$/gm)];
    const counts = new Map(buckets.map(([, le, count]) => [le, Number(count)]));
    const some = ["0.0005", "0.001", "0.005", "5", "+Inf"].map((le) => counts.get(le));
    assert.deepEqual(some, [2, 2, 3, 3, 4]);
    assert.match(told, /^# TYPE http_request_duration_seconds histogram$/m);
    assert.match(
      told,
      /^http_request_duration_seconds_sum\{route="\/ip",method="GET",status="200"\} 7\.0039$/m,
    );
  });
});
