import type { Context } from "mocha";
import { restore, standard, writeConfig } from "./checkout";
import { findDeployment, nothingLeft, settled } from "./cluster";
import { STACK } from "./place";
import { succeeds } from "./shell";
import { until } from "./until";
import { closeWorld, openWorld, whyImpossible } from "./world";

/** The longest that any test takes, in milliseconds, once the tools are installed. */
const TEST_TIMEOUT_MS = 240_000;
/** In milliseconds. Mocha shows the time of a test that takes longer than half of this. */
const SLOW_MS = 10_000;
/** The first `npm run up` on a bare machine builds everything. */
export const FIRST_UP_TIMEOUT_MS = 3_000_000;

let impossible: Promise<string | undefined> | undefined;
let upFailed: Error | undefined;

// A hook of the root suite: it runs once, after the last file.
after("leave nothing behind", async function () {
  this.timeout(TEST_TIMEOUT_MS);
  await closeWorld();
});

/** A part of the story. It is skipped, with the reason, if this machine can't have a cluster. */
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
 * Runs `npm run up`, on a machine that may be bare. After it has failed once, it isn't tried again.
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

/** For a part that needs the service with the standard config. Deploys it unless it is deployed. */
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

/** For a part that needs a cluster with nothing deployed. Destroys the service if it is deployed. */
export function beginsEmpty(): void {
  before("npm run down", async function () {
    this.timeout(FIRST_UP_TIMEOUT_MS);
    if (await nothingLeft().catch(() => false)) return;
    await up();
    await succeeds(`npm run down -- --stack ${STACK}`);
    await until("nothing is left", 60_000, nothingLeft);
  });
}
