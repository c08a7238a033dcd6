import assert from "node:assert/strict";
import { changeCode, CODE, restore } from "./harness/checkout";
import { settled } from "./harness/cluster";
import { whoAnswers } from "./harness/http";
import { STACK, URL } from "./harness/place";
import { RunningUp } from "./harness/processes";
import { fails, lastLine, succeeds } from "./harness/shell";
import { isWhole, lockFiles } from "./harness/state";
import { beginsDeployed, story } from "./harness/story";
import { until } from "./harness/until";

story("two updates at once", () => {
  beginsDeployed();
  let version: string;
  before("remember the version", async () => void (version = (await whoAnswers()).version));
  afterEach("the state is whole", isWhole);

  it("`npm run up` twice: both succeed, one after the other", async () => {
    await changeCode("together");
    const line = `npm run up -- --stack ${STACK}`;
    const outputs = await Promise.all([succeeds(line), succeeds(line)]);
    assert.deepEqual(outputs.map(lastLine), [URL, URL]);
    assert.match(outputs.join(), /another run is preparing this machine \(pid \d+\): waiting/);
    await settled(2);
    assert.notEqual((await whoAnswers()).version, version);
  });

  it("`npx pulumi up` beside `npm run up` is refused, with the process that holds the lock", async () => {
    await restore(CODE);
    const up = new RunningUp();
    await until("the stack is locked", 60_000, () => Promise.resolve(lockFiles()[0]));
    assert.match(await fails("npx pulumi up --yes"), /currently locked by 1 lock[^]*\(pid \d+\)/);
    assert.equal(await up.end(), 0, up.output);
    await settled(2);
    assert.equal((await whoAnswers()).version, version);
  });
});
