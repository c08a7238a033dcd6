import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startLoad } from "../../commands/load/generator";
import type { Pod } from "../../service/page/pod";
import { standard, writeConfig } from "../e2e/harness/checkout";
import { fewestReady, findDeployment, kubeConfig, ready, settled } from "../e2e/harness/cluster";
import { ask } from "../e2e/harness/http";
import { NODE_PORT, PROFILE, SOURCE, STACK, URL } from "../e2e/harness/place";
import { pictureOf, watchScaling } from "../e2e/harness/scaling";
import { succeeds } from "../e2e/harness/shell";
import { beginsDeployed, FIRST_UP_TIMEOUT_MS, story } from "../e2e/harness/story";
import { note } from "../e2e/harness/summary";
import { until } from "../e2e/harness/until";

const TARGET = 70;
/** Requests so small that a load that two cores can bear needs four pods. */
const resources = { requests: { cpu: "30m" } };
const here = { context: PROFILE, nodePort: NODE_PORT, resources };
const autoscaled = { ...here, autoscale: { min: 1, max: 4, cpuPercent: TARGET } };
/** Requests a second. */
const RATE = 350;
/** In milliseconds: from the start of the load to four ready pods, and from its end to one. */
const UP_MS = 90_000;
const DOWN_MS = 300_000;

story("scaling with traffic", () => {
  beginsDeployed();
  after("as it was", async () => {
    await writeConfig(standard);
    await succeeds("npx pulumi up --yes --refresh");
    await settled(2);
  });

  it("from `replicas` to `autoscale` and back, there are never fewer pods than run", async function () {
    this.timeout(FIRST_UP_TIMEOUT_MS); // if metrics-server has to be built
    await writeConfig({ ...here, replicas: 3 });
    await succeeds("npx pulumi up --yes");
    await settled(3);
    const fewest = await fewestReady(async () => {
      await writeConfig({ ...autoscaled, env: { CHANGED: "1" } });
      await succeeds(`npm run up -- --stack ${STACK}`, { timeout: FIRST_UP_TIMEOUT_MS });
      assert.equal((await findDeployment())?.spec?.replicas, 3);
      await writeConfig({ ...here, replicas: 4 });
      await succeeds("npx pulumi up --yes --refresh");
      await ready(4);
    });
    assert.equal(fewest, 3);
  });

  it("a load that needs four pods has them within 90 s, `up` takes none back, and one is left 5 minutes later", async function () {
    this.timeout(900_000);
    await writeConfig({ ...here, replicas: 1 });
    await succeeds("npx pulumi up --yes --refresh");
    await settled(1);
    await writeConfig(autoscaled);
    await succeeds(`npm run up -- --stack ${STACK}`);
    await settled(1);

    const watch = watchScaling(kubeConfig(), "default");
    const load = startLoad({ url: URL, rate: RATE, timeoutMs: 20_000 });
    try {
      const start = Date.now();
      await until("four pods are ready", UP_MS, async () => (await podsReady()) >= 4);
      console.log(`      four pods after ${seconds(start)} s`);
      await writeConfig({ ...autoscaled, env: { CHANGED: "2" } });
      const fewest = await fewestReady(() => succeeds("npx pulumi up --yes --refresh"));
      assert.equal(fewest, 4);
      assert.equal((await findDeployment())?.spec?.replicas, 4);
      await sleep(20_000); // until the pods have measured their CPU use
      const { cpu } = JSON.parse((await ask("/pod")).body) as Pod;
      assert.ok(cpu && cpu.percent > 0 && cpu.targetPercent === TARGET, JSON.stringify(cpu));
      const report = await load.stop();
      note({ event: "scaling from one pod to four, and a rollout", ...report });
      const end = Date.now();
      await until("one pod is left", DOWN_MS, async () => (await podsReady()) === 1);
      console.log(`      one pod ${seconds(end)} s after the load`);
      if (process.env.E2E_DRAW === "1") {
        await writeFile(join(SOURCE, "docs", "autoscaling.svg"), pictureOf(report, watch.moments, TARGET));
      }
      assert.equal(report.failed, 0, JSON.stringify(report.failures));
    } finally {
      watch.stop();
      await load.stop();
    }
  });
});

async function podsReady(): Promise<number> {
  return (await findDeployment())?.status?.readyReplicas ?? 0;
}

function seconds(since: number): number {
  return Math.round((Date.now() - since) / 1000);
}
