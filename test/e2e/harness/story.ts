import type { Context } from "mocha";
import { restore, standard, writeConfig } from "./checkout";
import { findDeployment, nothingLeft, settled } from "./cluster";
import { STACK } from "./place";
import { succeeds } from "./shell";
import { until } from "./until";
import { closeWorld, openWorld, whyImpossible } from "./world";

/** The longest that any test takes, in milliseconds, once the tools are there. */
const TEST_TIMEOUT_MS = 240_000;
/** From half of that on, a test is shown with its time. */
const SLOW_MS = 10_000;
/** The first `npm run up` on a bare machine builds everything. */
export const FIRST_UP_TIMEOUT_MS = 3_000_000;

let impossible: Promise<string | undefined> | undefined;
let upFailed: Error | undefined;

// Of the root suite: it runs once, after the last file.
after("leave nothing behind", async function () {
  this.timeout(TEST_TIMEOUT_MS);
  await closeWorld();
});

/** A part of the story. It is skipped, with the reason, if there can be no cluster. */
export function story(title: string, tell: () => void): void {
  describe(title, function () {
    this.timeout(TEST_TIMEOUT_MS);
    this.slow(SLOW_MS);
    before("open the world", async function () {
      await skipIfImpossible(this);
      await openWorld();
    });
    tell();
  });
}

async function skipIfImpossible(context: Context): Promise<void> {
  const first = impossible === undefined;
  impossible ??= whyImpossible();
  const reason = await impossible;
  if (reason === undefined) return;
  if (first) console.log(`    skipped: ${reason}`);
  context.skip();
}

/**
 * `npm run up`, on what may be a bare machine. Where it has failed once it isn't tried again by each part.
 *
 * @returns all that it printed
 */
export async function up(): Promise<string> {
  if (upFailed !== undefined) throw upFailed;
  try {
    return await succeeds(`npm run up -- --stack ${STACK}`, { timeout: FIRST_UP_TIMEOUT_MS });
  } catch (error) {
    upFailed = error as Error;
    throw error;
  }
}

/** For a part that begins with the service deployed as the standard config says: sees to that, if need be. */
export function beginsDeployed(): void {
  before("npm run up", async function () {
    this.timeout(FIRST_UP_TIMEOUT_MS);
    const deployment = await findDeployment().catch(() => undefined); // or there is no cluster
    if (deployment?.status?.readyReplicas !== standard.replicas) await up();
  });
}

/** Restores these files of the copy and the standard config, and deploys them. */
export async function deployStandard(...files: readonly string[]): Promise<void> {
  for (const file of files) await restore(file);
  await writeConfig(standard);
  await succeeds("npx pulumi up --yes");
  await settled(2);
}

/** For a part that begins with a cluster in which nothing is deployed: sees to that, if need be. */
export function beginsEmpty(): void {
  before("npm run down", async function () {
    this.timeout(FIRST_UP_TIMEOUT_MS);
    if (await nothingLeft().catch(() => false)) return;
    await up();
    await succeeds(`npm run down -- --stack ${STACK}`);
    await until("nothing is left", 60_000, nothingLeft);
  });
}
