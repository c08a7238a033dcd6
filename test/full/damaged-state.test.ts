import assert from "node:assert/strict";
import { existsSync, readdirSync, renameSync, rmSync, truncateSync } from "node:fs";
import { dirname, join } from "node:path";
import { nothingLeft, podsAndRestarts } from "../e2e/harness/cluster";
import { places, PROJECT, STACK, URL } from "../e2e/harness/place";
import { fails, lastLine, succeeds } from "../e2e/harness/shell";
import { isWhole, stateFile } from "../e2e/harness/state";
import { beginsDeployed, story } from "../e2e/harness/story";
import { until } from "../e2e/harness/until";

const UP = `npm run up -- --stack ${STACK}`;

story("a state that a full disk cut off", () => {
  beginsDeployed();
  let pods: string[];
  beforeEach("it is cut off", async () => {
    pods = await podsAndRestarts();
    truncateSync(stateFile, 300);
  });

  it("is named by commands that only read, with what recovers it", async () => {
    for (const command of ["status", "logs"]) {
      const output = await fails(`npm run ${command} -- --stack ${STACK}`);
      assert.match(output, new RegExp(`can't be read[^]*${stateFile}[^]*${UP}`));
    }
  });

  it("is recovered by `npm run up`, which says from where, and touches no pod", async () => {
    const output = await succeeds(UP);
    assert.match(
      output,
      new RegExp(`${stateFile} could not be read .* recovered from .*kept as ${stateFile}.damaged-`),
    );
    assert.equal(lastLine(output), URL);
    assert.deepEqual(await podsAndRestarts(), pods);
    await isWhole();
  });

  it("without a copy is an error that says what to do; afterwards, the pods are kept as they are", async () => {
    for (const folder of ["backups", "history"]) {
      rmSync(join(places.backend, ".pulumi", folder, PROJECT, STACK), { recursive: true, force: true });
    }
    rmSync(`${stateFile}.bak`, { force: true });
    const output = await fails(UP);
    const [, from = "", to = ""] = /else mv (\S+) (\S+), then npm run up/.exec(output) ?? [];
    assert.equal(from, stateFile, output);
    renameSync(from, to);
    assert.equal(lastLine(await succeeds(UP)), URL);
    assert.deepEqual(await podsAndRestarts(), pods);
    await isWhole();
  });

  it("is recovered by `npm run down`, which leaves nothing behind", async () => {
    assert.match(await succeeds(`npm run down -- --stack ${STACK}`), /recovered from/);
    await until("nothing is left", 30_000, nothingLeft);
    assert.ok(existsSync(stateFile));
    assert.ok(readdirSync(dirname(stateFile)).some((name) => name.includes(".damaged-")));
  });
});
