import assert from "node:assert/strict";
import { startLoad, type Report } from "../../commands/load/generator";
import { podsAndRestarts, settled } from "../e2e/harness/cluster";
import { ask, whoAnswers } from "../e2e/harness/http";
import { URL } from "../e2e/harness/place";
import { beginsDeployed, FIRST_UP_TIMEOUT_MS, story } from "../e2e/harness/story";
import { query, removePrometheus, scraped, startPrometheus, sumsBy } from "../e2e/harness/prometheus";

/** The loads: two paths that exist, and one that doesn't. */
const LOADS = [
  { path: "/pod", rate: 200, durationMs: 15_000 },
  { path: "/ip", rate: 50, durationMs: 15_000 },
  { path: "/nowhere", rate: 10, durationMs: 15_000 },
];

story("a real Prometheus", () => {
  beginsDeployed();
  let names: string[];
  before("run it in the cluster", async function () {
    this.timeout(FIRST_UP_TIMEOUT_MS); // if it has to be built
    names = (await settled(2)).map(({ metadata }) => metadata?.name ?? "").sort();
    await startPrometheus();
    await scraped(2);
  });
  after("remove it", removePrometheus);

  it("finds each pod once, with its release and track", async () => {
    const { version, track } = await whoAnswers();
    const up = await query("up");
    assert.deepEqual(up.map(({ labels, value }) => [labels.pod, value]).sort(), withEach(names, 1));
    const builds = await query("service_build_info");
    assert.deepEqual(builds.map(({ labels, value }) => [labels.pod, value]).sort(), withEach(names, 1));
    for (const { labels } of builds)
      assert.deepEqual(
        [labels.version, labels.track, /^v\d+\./.test(labels.node_version ?? "")],
        [version, track, true],
      );
  });

  it("counts what a load sent, request by request: by pod, release, route and status", async () => {
    const pods = await podsAndRestarts();
    await scraped(2); // with the requests of the test before this one
    const before = await counts();
    const [answered, ofIp, unmatched] = await Promise.all(
      LOADS.map((load) => startLoad({ url: URL, ...load }).ended),
    );
    await scraped(2);
    const after = await counts();
    assert.deepEqual(await podsAndRestarts(), pods);

    assert.deepEqual([answered?.failed, ofIp?.failed, unmatched?.answered], [0, 0, 0]);
    assert.deepEqual(rise(before.byPod, after.byPod), answersOf(answered, "pods"));
    assert.deepEqual(rise(before.byRelease, after.byRelease), answersOf(answered, "releases"));
    const byRoute = new Map([
      ["/pod", answered?.answered],
      ["/ip", ofIp?.answered],
    ]);
    assert.deepEqual(rise(before.timed, after.timed), byRoute);
    assert.deepEqual(rise(before.inBuckets, after.inBuckets), byRoute);
    assert.deepEqual(rise(before.byStatus, after.byStatus).get("404"), unmatched?.failures["status 404"]);
  });

  it("is the only client that gets the metrics: the Service's port doesn't lead to /metrics", async () => {
    assert.equal((await ask("/metrics")).status, 404);
  });
});

type Counts = ReadonlyMap<string, number>;

/** The service's counters. Probes request other routes than the loads. */
async function counts(): Promise<Record<"byPod" | "byRelease" | "byStatus" | "timed" | "inBuckets", Counts>> {
  const ofPod = 'http_requests_total{route="/pod",status="200"}';
  const routes = '{route=~"/pod|/ip",status="200"';
  return {
    byPod: await sumsBy("pod", ofPod),
    byRelease: await sumsBy("version", `${ofPod} * on (instance) group_left (version) service_build_info`),
    byStatus: await sumsBy("status", "http_requests_total"),
    timed: await sumsBy("route", `http_request_duration_seconds_count${routes}}`),
    inBuckets: await sumsBy("route", `http_request_duration_seconds_bucket${routes},le="+Inf"}`),
  };
}

function rise(before: Counts, after: Counts): Counts {
  return new Map([...after].map(([key, count]) => [key, count - (before.get(key) ?? 0)]));
}

function answersOf(report: Report | undefined, of: "pods" | "releases"): Counts {
  const rows =
    of === "pods"
      ? report?.pods.map(({ name, answers }) => [name, answers] as const)
      : report?.releases.map(({ version, answers }) => [version, answers] as const);
  return new Map(rows);
}

function withEach(names: readonly string[], value: number): [string, number][] {
  return names.map((name) => [name, value]);
}
