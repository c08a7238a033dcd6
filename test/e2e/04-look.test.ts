import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { Report } from "../../commands/load/generator";
import { podsAndRestarts, settled } from "./harness/cluster";
import type { PodSays } from "./harness/http";
import { STACK, URL } from "./harness/place";
import { fails, succeeds } from "./harness/shell";
import { beginsDeployed, story } from "./harness/story";
import { until } from "./harness/until";

story("looking at what runs", () => {
  beginsDeployed();
  let names: string[];
  before("two pods and no other", async () => {
    names = (await settled(2)).map(({ metadata }) => metadata?.name ?? "").sort();
  });

  it("`npm run load` prints the URL, that nothing failed, and which pods of which release answered", async () => {
    const output = await succeeds(`npm run load -- --stack ${STACK} --duration 2s --rate 100`);
    assert.ok(output.includes(`${URL}/pod, `), output);
    assert.match(
      output,
      /^requests +200 .*\nanswered +200\nfailed +0\n\np50 .*\np90 .*\np95 .*\np99 .*\nmax .*\n\nrelease /m,
    );
    for (const name of names)
      assert.match(output, new RegExp(`^  ${name} \\(stable\\) +\\d+ +[\\d.]+ %$`, "m"));
  });

  it("`npm run load -- --json` prints the same as JSON, and exits with 1 if a request fails", async () => {
    const line = `npm run --silent load -- --stack ${STACK} --json --duration 1s --rate 50`;
    const report = JSON.parse(await succeeds(line)) as Report;
    assert.deepEqual([report.requests, report.answered, report.failed], [50, 50, 0]);
    assert.deepEqual(report.pods.map(({ name }) => name).sort(), names);
    assert.equal(report.releases.length, 1);
    const failed = JSON.parse(await fails(`${line} --path /nowhere`)) as Report;
    assert.deepEqual([failed.answered, failed.failures], [0, { "status 404": 50 }]);
  });

  it("`npm run status` names URL, release and pods of a healthy stack, and changes nothing", async () => {
    const before = await podsAndRestarts();
    const output = await succeeds(`npm run status -- --stack ${STACK}`);
    assert.ok(output.includes(`${URL}  stack ${STACK}, `), output);
    assert.match(output, /^api \(stable\) {2}2 of 2 ready, release [0-9a-f]+$/m);
    for (const name of names)
      assert.match(output, new RegExp(`^  ● ${name} +ready +release [0-9a-f]+ +up `, "m"));
    assert.doesNotMatch(output, /What is wrong/);
    assert.deepEqual(await podsAndRestarts(), before);
  });

  it("`npm run logs` has the lines of all pods, found by the id that a request was sent with", async () => {
    const id = randomUUID();
    const met = new Set<string>();
    await until("both pods have answered", 10_000, async () => {
      const answer = await fetch(`${URL}/pod?connection=close`, { headers: { "X-Request-Id": id } });
      met.add(((await answer.json()) as PodSays).name);
      return met.size === 2;
    });
    const logs = `npm run logs -- --stack ${STACK} --no-follow --since 60s`;
    const lines = (await succeeds(logs)).split("\n").filter((line) => line.includes(`requestId=${id}`));
    assert.deepEqual([...new Set(lines.map((line) => / (\S+) +\|/.exec(line)?.[1]))].sort(), names);
    const [one] = names;
    const ofOne = (await succeeds(`${logs} --pod ${one}`)).split("\n").filter((line) => line.includes(" | "));
    assert.ok(ofOne.some((line) => line.includes(id)));
    assert.ok(ofOne.every((line) => line.includes(`${one} |`)));
  });
});
