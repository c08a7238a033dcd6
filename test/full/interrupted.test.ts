import assert from "node:assert/strict";
import { changeCode, CODE, restore } from "../e2e/harness/checkout";
import { findDeployment, nothingLeft, pods, settled } from "../e2e/harness/cluster";
import { ask, whoAnswers } from "../e2e/harness/http";
import { STACK, URL } from "../e2e/harness/place";
import { RunningUp } from "../e2e/harness/processes";
import { lastLine, succeeds } from "../e2e/harness/shell";
import { hasBegun, isWhole, lockFiles, snapshot } from "../e2e/harness/state";
import { beginsDeployed, FIRST_UP_TIMEOUT_MS, story } from "../e2e/harness/story";
import { until } from "../e2e/harness/until";

/** A moment of `npm run up`, and how to recognise it. */
interface Moment {
  readonly name: string;
  readonly from?: "nothing";
  readonly come: (up: RunningUp) => boolean | Promise<boolean>;
}

/** In the order in which they come. After these, only the URL is requested, which ends before a kill could reach it. */
const moments: readonly Moment[] = [
  { name: "while it opens the stack", come: ({ output }) => output.includes("❯ Stack") },
  { name: "while it checks the cluster", come: ({ output }) => output.includes("❯ Cluster") },
  { name: "as soon as the stack is locked", from: "nothing", come: () => lockFiles().length > 0 },
  { name: "while the program runs", come: (up) => runs(up, "pulumi-language-nodejs") },
  { name: "while the image is built", come: () => hasBegun(":Image") },
  { name: "when the image exists, and nothing that runs it", from: "nothing", come: isOnlyBuilt },
  { name: "while the Deployment is made", from: "nothing", come: () => hasBegun(":Deployment") },
  {
    name: "when the Deployment exists, and the engine doesn't know yet",
    from: "nothing",
    come: isUnknownToEngine,
  },
  { name: "while new pods are made beside the old ones", come: async () => (await pods()).length > 2 },
  { name: "while it waits for new pods to be ready", come: async () => (await runningButNotReady()) > 0 },
];

story("`npm run up` that is killed", () => {
  beginsDeployed();
  let release = 0;
  let version = "";
  beforeEach("something to do", async () => {
    version = (await whoAnswers()).version;
    await restore(CODE);
    await changeCode(`release ${++release}`);
  });
  after("put the file back", async function () {
    this.timeout(FIRST_UP_TIMEOUT_MS);
    await restore(CODE);
    await succeeds(`npm run up -- --stack ${STACK}`);
  });

  for (const { name, from, come } of moments) {
    it(`${name}: the next one succeeds, and nothing of the killed one is left`, async () => {
      if (from === "nothing") await destroy();
      const up = new RunningUp();
      await up.reach(name, come);
      await up.killAll();
      assert.doesNotMatch(up.output, /^http/m, "it had ended by itself");
      await nextSucceeds(version);
    });
  }

  it("alone, while its engine runs on: the next one waits for that", async () => {
    const up = new RunningUp();
    await up.reach("pods", async () => (await pods()).length > 2);
    // Only npm itself: the shells and Node.js processes between npm and the engine run on.
    await up.killOne(/^npm run up/);
    const output = await nextSucceeds(version);
    assert.match(output, new RegExp(`another update of the stack ${STACK} is running \\(pid \\d+.*waiting`));
    await up.end();
  });

  it("together with all but its engine, which then can't report: the next one succeeds", async () => {
    const up = new RunningUp();
    await up.reach("pods", async () => (await pods()).length > 2);
    await up.killOne(/^node commands\/run\.mjs up/);
    await nextSucceeds(version);
    await up.end();
  });

  it("while it deploys, and then `npm run down`: nothing is left in the cluster", async () => {
    await destroy();
    const up = new RunningUp();
    await up.reach("a Deployment", isUnknownToEngine);
    await up.killAll();
    await destroy();
    await nextSucceeds(version);
  });
});

async function destroy(): Promise<void> {
  await succeeds(`npm run down -- --stack ${STACK}`);
  await until("nothing is left", 60_000, nothingLeft);
}

async function nextSucceeds(before: string): Promise<string> {
  const output = await succeeds(`npm run up -- --stack ${STACK}`);
  assert.equal(lastLine(output), URL);
  assert.deepEqual(await ask("/healthcheck"), { status: 200, body: "Hello World" });
  await settled(2);
  const { version } = await whoAnswers();
  assert.notEqual(version, before, "it is the new code that answers");
  assert.equal((await findDeployment())?.spec?.template.spec?.containers[0]?.image, `api:${version}`);
  await isWhole();
  return output;
}

async function runs(up: RunningUp, program: string): Promise<boolean> {
  return (await up.tree()).some(({ line }) => line.includes(program));
}

async function isOnlyBuilt(): Promise<boolean> {
  const built = snapshot().resources?.some(({ type }) => type.endsWith(":Image")) ?? false;
  return built && (await findDeployment()) === undefined;
}

async function isUnknownToEngine(): Promise<boolean> {
  return (await findDeployment()) !== undefined && hasBegun(":Deployment");
}

async function runningButNotReady(): Promise<number> {
  const states = (await pods()).flatMap(({ status }) => status?.containerStatuses ?? []);
  return states.filter(({ state, ready }) => state?.running !== undefined && !ready).length;
}
