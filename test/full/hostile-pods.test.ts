import assert from "node:assert/strict";
import { startLoad } from "../../commands/load/generator";
import { pods, podsAndRestarts } from "../e2e/harness/cluster";
import { ask } from "../e2e/harness/http";
import { NODE_PORT, URL } from "../e2e/harness/place";
import { kubectl } from "../e2e/harness/shell";
import { beginsDeployed, story } from "../e2e/harness/story";
import { fightOff } from "../support/hostile/campaign";
import { outlast, type Slow, slowBodies, slowHeaders } from "../support/hostile/slow";
import { type Vitals, vitalsIn } from "../support/hostile/vitals";

const COUNT = 10_000;
const WARM_UP = 3_000;
/** Of each kind of slow client, at the same time. */
const SLOW = 5;

/** The attacks differ each time. A failure prints its seed, and HOSTILE_SEED repeats it. */
const SEED = Number(process.env.HOSTILE_SEED ?? Date.now() % 2 ** 31);

/** In milliseconds. service/server.ts cuts a slow client off within this time, its check interval included. */
const CUT_OFF_MS = { headers: 12_000, body: 32_000 };
/** The extra time for a busy machine. */
const BUSY_MS = 3_000;

/**
 * How much a process may grow, in bytes. If it kept the connections of all attacks, each with at least 4 KiB for its
 * socket and parser, it would grow by more.
 */
const GROWTH = 32 * 1024 * 1024;

story("pods under thousands of attacks, through the port that everybody has", () => {
  beginsDeployed();

  it("refuse malformed requests, cut off slow clients, answer all others, and neither restart nor grow", async () => {
    assert.deepEqual(await fightOff(WARM_UP, SEED + 1, NODE_PORT), []);
    const [restarts, warm] = [await podsAndRestarts(), await vitalsOfPods()];
    const load = startLoad({ url: URL, rate: 50, connections: 10 });
    const wrong = await Promise.all([
      fightOff(COUNT, SEED, NODE_PORT),
      ...several(slowHeaders).map((slow) => outlast(NODE_PORT, slow, CUT_OFF_MS.headers + BUSY_MS)),
      ...several(slowBodies).map((slow) => outlast(NODE_PORT, slow, CUT_OFF_MS.body + BUSY_MS)),
    ]);
    const { answered, failed, firstFailures } = await load.stop();
    assert.deepEqual([wrong.flat(), firstFailures, failed], [[], [], 0]);
    assert.ok(answered > 1_000, `${answered} answered`);
    assert.deepEqual(await podsAndRestarts(), restarts);
    for (const [pod, { residentBytes }] of await vitalsOfPods()) {
      const growth = residentBytes - (warm.get(pod)?.residentBytes ?? NaN);
      assert.ok(growth < GROWTH, `${pod} has grown by ${growth} bytes`);
    }
    assert.deepEqual(await ask("/healthcheck"), { status: 200, body: "Hello World" });
  });
});

/** Several clients of each kind. */
function several(slow: readonly Slow[]): Slow[] {
  return slow.flatMap((each) => Array<Slow>(SLOW).fill(each));
}

/** Asks the pods through the API server: no Service leads to the port of their metrics. */
async function vitalsOfPods(): Promise<Map<string, Vitals>> {
  const names = (await pods()).map(({ metadata }) => metadata?.name ?? "");
  const all = names.map(async (name) => {
    const path = `/api/v1/namespaces/default/pods/${name}:9464/proxy/metrics`;
    return [name, vitalsIn(await kubectl(`get --raw ${path}`))] as const;
  });
  return new Map(await Promise.all(all));
}
