import assert from "node:assert/strict";
import { endpoints, everyPod, pods, scale, settled } from "../e2e/harness/cluster";
import { ask, untilAllAnswer } from "../e2e/harness/http";
import { succeeds } from "../e2e/harness/shell";
import { beginsDeployed, deployStandard, story } from "../e2e/harness/story";
import { loses } from "../e2e/harness/under-load";
import { until } from "../e2e/harness/until";
import { addHarmfulRoutes, ROUTES } from "../e2e/harness/variants";

/** One of two pods gets half of 300 requests a second, for the five seconds until the Service leaves it out. */
const MOST_OF_A_BLOCK = 750;

/** So many that each of two pods gets one, except once in a million times. */
const SLOW_REQUESTS = 21;

story("under load, pods in trouble", () => {
  beginsDeployed();
  before("a service with routes that no service should have", async () => {
    await addHarmfulRoutes();
    await succeeds("npx pulumi up --yes");
    await settled(2);
  });
  after("as it was", () => deployStandard(ROUTES));

  loses(0, "a pod is scaled away with a slow request in flight, which completes", async () => {
    await scale(2);
    const all = await settled(2);
    await untilAllAnswer(2, 10_000);
    const slow = Array.from({ length: SLOW_REQUESTS }, () => ask("/slow", undefined, 30_000));
    await scale(1);
    const answers = await Promise.all(slow);
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
    const names = all.map(({ metadata }) => metadata?.name).sort();
    assert.deepEqual([...new Set(answers.map(({ body }) => body))].sort(), names);
    await settled(1);
  });

  loses(0, "an idle pod is scaled away, within 10 s", async () => {
    await scale(2);
    await settled(2);
    await scale(1);
    await until("one pod is left", 10_000, async () => (await everyPod()).length === 1);
  });

  describe("one of two", () => {
    // Before the load begins: kept connections stay with the only pod.
    before("both answer", async () => {
      await scale(2);
      await settled(2);
      await untilAllAnswer(2, 10_000);
    });

    loses(MOST_OF_A_BLOCK, "the event loop of a pod is blocked for good", async () => {
      const before = await restarts();
      // Either pod may get the request, which is never answered.
      const blocked = assert.rejects(ask("/block"));
      await until("the Service leaves one pod out", 5_000, async () => (await endpoints()).length === 1);
      await until("it is restarted", 120_000, async () => (await restarts()) > before);
      await settled(2);
      await blocked;
    });
  });
});

async function restarts(): Promise<number> {
  const found = await pods();
  return found.reduce((sum, { status }) => sum + (status?.containerStatuses?.[0]?.restartCount ?? 0), 0);
}
