import assert from "node:assert/strict";
import { changeCode, CODE, restore, standard, writeConfig } from "../e2e/harness/checkout";
import { settled } from "../e2e/harness/cluster";
import { STACK } from "../e2e/harness/place";
import { succeeds } from "../e2e/harness/shell";
import { beginsDeployed, story } from "../e2e/harness/story";
import { losesNothing } from "../e2e/harness/under-load";

/** Once may be luck. */
const TIMES = 20;
const ROUND_MS = 480_000;

story("tracks under load", () => {
  beginsDeployed();
  after("without tracks", async () => {
    await restore(CODE);
    await writeConfig(standard);
    await succeeds(`npm run up -- --stack ${STACK}`);
    await settled(2);
  });

  for (let time = 1; time <= TIMES; time++) {
    it(`are promoted and removed without a lost request (${time} of ${TIMES})`, async function () {
      this.timeout(ROUND_MS);
      await writeConfig({ ...standard, tracks: { beta: { replicas: 2 } } });
      await changeCode(`beta ${time}`);
      await succeeds(`npm run up -- --track beta --stack ${STACK}`);
      await settled(4);
      await losesNothing("promote", async () => {
        await succeeds(`npm run promote -- beta --stack ${STACK}`);
        await settled(4);
      });
      await writeConfig(standard);
      await losesNothing("a track is removed", async () => {
        await succeeds("npx pulumi up --yes");
        await settled(2);
      });
    });
  }
});

story("many tracks", () => {
  const resources = { requests: { cpu: "5m", memory: "40Mi" } };
  const seconds = new Map<number, [up: number, nothing: number]>();

  beginsDeployed();
  after("without tracks", async () => {
    await writeConfig(standard);
    await succeeds(`npm run up -- --stack ${STACK}`);
    await settled(2);
  });

  for (const count of [1, 5, 20]) {
    it(`are deployed: ${count}`, async function () {
      this.timeout(ROUND_MS);
      await writeConfig({ ...standard, resources });
      await succeeds("npx pulumi up --yes");
      const others = Array.from({ length: count - 1 }, (_, index) => [`t${index}`, { replicas: 1 }] as const);
      await writeConfig({ ...standard, resources, replicas: 1, tracks: Object.fromEntries(others) });
      seconds.set(count, [await timed(), await timed()]);
      await settled(count);
    });
  }

  it("take no more than linearly longer", () => {
    console.log("      tracks  up s  up with nothing to do s");
    for (const [count, [up, nothing]] of seconds) {
      console.log(`      ${String(count).padStart(6)}  ${up.toFixed(1)}  ${nothing.toFixed(1)}`);
    }
    for (const which of [0, 1] as const) {
      const [one, five, twenty] = [1, 5, 20].map((count) => seconds.get(count)?.[which] ?? NaN);
      const perTrack = Math.max(0.5, (five! - one!) / 4); // below that it is noise
      assert.ok(twenty! <= one! + 19 * perTrack * 1.5, `${twenty} s for 20 tracks, ${five} s for 5`);
    }
  });
});

/** Seconds of an `npx pulumi up`. */
async function timed(): Promise<number> {
  const start = performance.now();
  await succeeds("npx pulumi up --yes");
  return (performance.now() - start) / 1000;
}
