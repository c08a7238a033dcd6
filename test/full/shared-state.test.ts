import assert from "node:assert/strict";
import type { Snapshot } from "../../commands/state/checkpoint";
import { changeCode, CODE, restore, standard, writeConfig } from "../e2e/harness/checkout";
import { findDeployment, nothingLeft, pods } from "../e2e/harness/cluster";
import { environmentWithTools, URL } from "../e2e/harness/place";
import { startPostgres, type Postgres } from "../e2e/harness/postgres";
import { RunningUp } from "../e2e/harness/processes";
import { fails, lastLine, succeeds } from "../e2e/harness/shell";
import { beginsEmpty, FIRST_UP_TIMEOUT_MS, story } from "../e2e/harness/story";
import { until } from "../e2e/harness/until";

const STACK = "team";
const UP = `npm run up -- --stack ${STACK}`;
const DOWN = `npm run down -- --stack ${STACK}`;

story("a state in PostgreSQL, with a passphrase, that a team shares", () => {
  beginsEmpty();
  let postgres: Postgres;
  let env: NodeJS.ProcessEnv;
  /** Everything that the commands have printed. */
  const printed: string[] = [];
  let changes = 0;

  before("start PostgreSQL", async function () {
    this.timeout(FIRST_UP_TIMEOUT_MS); // if it has to be installed
    postgres = await startPostgres(this);
    const PULUMI_CONFIG_PASSPHRASE = "known to the team";
    env = { ...environmentWithTools, PULUMI_BACKEND_URL: postgres.url, PULUMI_CONFIG_PASSPHRASE };
    await writeConfig(standard, STACK);
  });
  after("stop PostgreSQL", async () => {
    await restore(CODE);
    await postgres?.stop();
  });

  const note = (output: string) => {
    printed.push(output);
    return output;
  };
  const run = async (line: string) => note(await succeeds(line, { env }));
  const refused = async (line: string) => note(await fails(line, { env }));
  const pending = async () => {
    const state = JSON.parse(await run(`npx pulumi stack export --stack ${STACK}`)) as {
      deployment: Snapshot;
    };
    return state.deployment.pending_operations;
  };
  const release = async () =>
    (await findDeployment())?.spec?.template.spec?.containers[0]?.image?.split(":")[1] ?? "";
  const rollsOut = async () => (await pods()).length > 2;

  /** Kills `npm run up` with changed code at a moment. The next command says what to type, which is then run. */
  async function killUp(moment: () => Promise<boolean>, next: string): Promise<void> {
    await changeCode(`team ${++changes}`);
    const up = new RunningUp(STACK, env);
    await up.reach("the moment", moment);
    await up.killAll();
    note(up.output);
    const cancel = `npx pulumi cancel --stack ${STACK}`;
    assert.match(await refused(next), new RegExp(`doesn't run on this machine[^]*do: +${cancel},`));
    await run(`${cancel} --yes`);
  }

  it("`npm run up` that is killed while it creates: `npm run down` leaves nothing behind", async () => {
    await killUp(async () => (await findDeployment()) !== undefined, DOWN);
    assert.ok((await pending())?.some(({ resource }) => resource.type.endsWith(":Deployment")));
    await run(DOWN);
    await until("nothing is left", 60_000, nothingLeft);
  });

  it("is deployed to, and read by every command that reads", async () => {
    assert.equal(lastLine(await run(UP)), URL);
    assert.match(await run(`npx pulumi up --yes --stack ${STACK}`), /unchanged/);
    assert.match(await run("npx pulumi stack ls"), new RegExp(`^${STACK}`, "m"));
    await run(`npm run status -- --stack ${STACK}`);
    await run(`npm run logs -- --stack ${STACK} --no-follow`);
    assert.match(await run(`npm run releases -- --stack ${STACK}`), new RegExp(await release()));
  });

  it("two people at once: the second is told who holds the lock, waits, and succeeds", async () => {
    await changeCode(`team ${++changes}`);
    const first = new RunningUp(STACK, env);
    await first.reach("the rollout", rollsOut);
    const second = await run(UP);
    assert.equal(await first.end(), 0, note(first.output));
    const who = `update of the stack ${STACK} is running \\(pid \\d+ of .+@.+, since .+\\): waiting`;
    assert.match(second, new RegExp(who));
    assert.equal(lastLine(second), URL);
  });

  it("an update that is killed: the next one says what to type, and then goes on", async () => {
    const before = await release();
    await killUp(rollsOut, UP);
    assert.equal(lastLine(await run(UP)), URL);
    assert.notEqual(await release(), before);
    assert.equal(await pending(), undefined);
  });

  it("gets a track, which is promoted, and goes back", async () => {
    const before = await release();
    await writeConfig({ ...standard, tracks: { beta: { replicas: 1 } } }, STACK);
    await changeCode(`team ${++changes}`);
    await run(`${UP} --track beta`);
    assert.equal(await release(), before);
    assert.match(
      await run(`npm run promote -- beta --stack ${STACK}`),
      /serves on the tracks beta and stable/,
    );
    assert.notEqual(await release(), before);
    await run(`npm run rollback -- --stack ${STACK}`);
    assert.equal(await release(), before);
  });

  it("is destroyed", async () => {
    await run(DOWN);
    await until("nothing is left", 60_000, nothingLeft);
  });

  it("that doesn't answer is one clear error, and nothing has ever printed its password", async () => {
    await run("npx pulumi whoami -v");
    await postgres.stop();
    for (const line of [`npm run status -- --stack ${STACK}`, UP, "npx pulumi stack ls"]) {
      assert.match(await refused(line), /127\.0\.0\.1:\d+.*connection refused/);
    }
    for (const secret of postgres.secrets) assert.ok(!printed.join("\n").includes(secret));
  });
});
