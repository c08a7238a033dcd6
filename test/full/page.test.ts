import assert from "node:assert/strict";
import { changeCode, CODE, standard, writeConfig } from "../e2e/harness/checkout";
import { core, pods, ready, scale } from "../e2e/harness/cluster";
import { URL } from "../e2e/harness/place";
import { succeeds } from "../e2e/harness/shell";
import { beginsDeployed, deployStandard, story } from "../e2e/harness/story";
import { until } from "../e2e/harness/until";
import { withBrowser } from "../e2e/harness/browser";
import { Visit } from "../e2e/harness/visit";

/** In milliseconds. Longer than a busy machine needs to build another release, and to start a pod of it. */
const BUILT_MS = 150_000;
/**
 * In milliseconds. Longer than the page needs to be sure that a pod is gone: preStop, drain, and some turns of the
 * others.
 */
const GONE_MS = 30_000;

story("the live page", () => {
  beginsDeployed();
  const browser = withBrowser();
  let visit: Visit;
  before("open the page", async () => {
    visit = await Visit.open(browser());
    // The highest rate at which each request opens a new connection, so that ten pods are met soon.
    await visit.page.locator("#rate").fill("50");
  });
  let away = false;
  afterEach("no complaint", () => {
    if (away) visit.forgiveNetwork();
    visit.assertNoComplaint();
  });

  const shows = (what: string, within: number, is: () => Promise<boolean>) =>
    until(`the page shows ${what}`, within, is);
  const showsLive = (replicas: number, within: number) =>
    shows(`${replicas} pods`, within, async () => {
      const [live, all] = [await visit.live(), await visit.tiles()];
      return live.length === replicas && all.length === replicas;
    });

  it("shows the existing pods, by name", async () => {
    await showsLive(2, 5_000);
    await assertTiles(visit);
    assert.equal(await visit.text("#fleet-title"), "2 pods, 1 release");
  });

  it("shows ten tiles within 5 s of the tenth pod's readiness", async () => {
    await scale(1);
    await showsLive(1, GONE_MS);
    await scale(10);
    await ready(10);
    await showsLive(10, 5_000);
    await assertTiles(visit);
    assert.equal(await visit.text("#fleet-title"), "10 pods, 1 release");
  });

  it("shows two colours while a release rolls out, then one", async () => {
    await scale(2);
    await showsLive(2, GONE_MS);
    const [old] = await visit.live();
    await changeCode("another release");
    const up = succeeds("npx pulumi up --yes");
    await shows("two colours", BUILT_MS, async () => (await coloursOf(visit)).size === 2);
    assert.match(await visit.text("#fleet-title"), /pods, 2 releases$/);
    await up;
    await shows("one colour", GONE_MS, async () => (await coloursOf(visit)).size === 1);
    await showsLive(2, GONE_MS);
    await assertTiles(visit);
    const [now] = await visit.live();
    assert.notEqual(now?.colour, old?.colour);
    assert.notEqual(now?.release, old?.release);
  });

  it("removes the tile of a deleted pod", async () => {
    const [deleted] = await visit.live();
    const { pod: name = "" } = deleted ?? {};
    await core().deleteNamespacedPod({ namespace: "default", name });
    const ofDeleted = async () => (await visit.tiles()).find(({ pod }) => pod === name);
    await shows(`${name} as leaving`, GONE_MS, async () => (await ofDeleted())?.state !== "live");
    await shows(`no ${name}`, GONE_MS, async () => (await ofDeleted()) === undefined);
    await showsLive(2, GONE_MS);
    await assertTiles(visit);
  });

  it("tells several tracks apart by their share, errors and latency", async () => {
    await writeConfig({ ...standard, tracks: { beta: { replicas: 2 } } });
    await succeeds("npx pulumi up --yes");
    await showsLive(4, GONE_MS);
    const rows = await visit.page.locator("#track-rows tr").allInnerTexts();
    const texts = rows.map((row) => row.replace(/\s+/g, " ").trim());
    assert.equal(texts.length, 2);
    for (const [index, track] of ["beta", "stable"].entries()) {
      assert.match(texts[index]!, new RegExp(`^${track} [\\d.]+ % 0 % [\\d.]+ ms [\\d.]+ ms$`));
    }
    await visit.page.waitForTimeout(2_000); // the newest tile has faded in
    assert.deepEqual(await visit.violations(), []);
    await writeConfig(standard);
    await succeeds("npx pulumi up --yes");
    await showsLive(2, GONE_MS);
    // The page looks back for ten seconds.
    await shows("no tracks", 15_000, () => visit.page.locator("#tracks").isHidden());
  });

  it("says plainly that the service can't be reached, and goes on when it can", async () => {
    away = true;
    await scale(0);
    await shows("that nobody answers", GONE_MS, async () =>
      (await visit.text("#status")).startsWith("The service can’t be reached ("),
    );
    assert.deepEqual(await visit.violations(), []);
    await scale(2);
    await ready(2);
    await showsLive(2, GONE_MS);
    assert.match(await visit.text("#status"), /^The pods behind 127\.0\.0\.1:/);
    away = false;
    visit.forgiveNetwork();
    assert.match(await visit.text("#journal"), /The service answers again[^]*The service can’t be reached: /);
  });

  it("has requested itself and /pod, and nothing else", async () => {
    await visit.page.locator("#rate").fill("200"); // now some requests use kept connections
    await until("a kept connection", 5_000, () => Promise.resolve(visit.requests.includes(`GET ${URL}/pod`)));
    assert.deepEqual([...new Set(visit.requests)].sort(), [
      `GET ${URL}/`,
      `GET ${URL}/pod`,
      `GET ${URL}/pod?connection=close`,
    ]);
  });

  after("back to what the config says", async () => {
    if (visit === undefined) return; // skipped
    await visit.close();
    await deployStandard(CODE);
  });
});

/** One tile for each pod of the cluster. */
async function assertTiles(visit: Visit): Promise<void> {
  const names = (await pods()).map(({ metadata }) => metadata?.name);
  assert.deepEqual((await visit.tiles()).map(({ pod }) => pod).sort(), names.sort());
}

async function coloursOf(visit: Visit): Promise<Set<string>> {
  return new Set((await visit.live()).map(({ colour }) => colour));
}
