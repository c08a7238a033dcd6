import { setTimeout as sleep } from "node:timers/promises";
import { startLoad } from "../../commands/load/generator";
import { Dev } from "../e2e/harness/dev";
import { pulumi } from "./contenders";
import { NAME, type World } from "./place";
import type { Sheet } from "./sheet";
import { summarize } from "./statistics";

const REPLICAS = 2;
/** Requests a second while files are saved. */
const RATE = 300;
const SAVES_PER_ROUND = 20;
/** The place of the 95th percentile among the times of a round, from the fastest on. */
const P95 = Math.ceil(SAVES_PER_ROUND * 0.95) - 1;
/** Milliseconds from one save's end to the next save: as long as it takes to look at the result. */
const PAUSE_MS = 2_000;

const WHO = "npm run dev";

/** Saves a file again and again while requests come in. */
export async function measureSaving(world: World, rounds: number, sheet: Sheet): Promise<void> {
  const stack = pulumi(world);
  await stack.setReplicas(REPLICAS);
  await world.run(`npm run up -- --stack ${NAME}`);
  const url = await world.run(`npx pulumi stack output url --stack ${NAME}`);
  const dev = new Dev("dev", [], { stack: NAME, cwd: world.checkout, env: world.env });
  try {
    await dev.says(/is served by/, 0, 120_000);
    for (let round = 0; round < rounds; round++) {
      const load = startLoad({ url, rate: RATE });
      const times: number[] = [];
      for (let save = 0; save < SAVES_PER_ROUND; save++) {
        await sleep(PAUSE_MS);
        times.push((await dev.serves(() => stack.changeCode())).seconds);
      }
      const { failed } = await load.stop();
      times.sort((a, b) => a - b);
      const what = `save to the last of ${REPLICAS} pods`;
      sheet.add(`${what}, median of ${SAVES_PER_ROUND} (s)`, WHO, summarize(times).median);
      sheet.add(`${what}, p95 of ${SAVES_PER_ROUND} (s)`, WHO, times[P95]!);
      sheet.add(`failed requests at ${RATE}/s`, WHO, failed);
    }
    await dev.stop();
  } finally {
    dev.kill();
  }
}
