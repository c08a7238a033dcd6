import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { folderWith } from "../support/folder";
import { judge, type Goal } from "./goals";
import { format, resultTable, table, writeSection } from "./markdown";
import { picture } from "./picture";
import { Sheet } from "./sheet";
import { summarize } from "./statistics";

/** A sheet with three rounds of measurements. It prints nothing. */
function threeRounds(): Sheet {
  const sheet = new Sheet(() => {});
  for (const value of [6, 5, 7]) sheet.add("deploy (s)", "floor", value);
  for (const value of [9, 8, 10]) sheet.add("deploy (s)", "ours", value);
  for (const value of [400, 500, 450]) sheet.add("answers (requests/s)", "ours", value);
  return sheet;
}

describe("the bench's statistics", () => {
  it("take the middle of an odd number of rounds, and the mean of both middle ones of an even number", () => {
    assert.deepEqual(summarize([10, 9, 100]), { rounds: 3, min: 9, median: 10, max: 100, spread: 9.1 });
    assert.deepEqual(summarize([1, 2, 4, 100]).median, 3);
  });

  it("are all the same for a single round, with no spread", () => {
    assert.deepEqual(summarize([2.5]), { rounds: 1, min: 2.5, median: 2.5, max: 2.5, spread: 0 });
  });

  it("say nothing of no round", () => {
    assert.throws(() => summarize([]), RangeError);
  });
});

describe("the bench's goals", () => {
  const met = (goal: Partial<Goal>) =>
    judge([{ case: "deploy (s)", who: "ours", ...goal }], threeRounds()).map(({ met }) => met);

  it("compare a median with a multiple of another contender's", () => {
    assert.deepEqual(met({ atMost: { times: 1.5, of: "floor" } }), [true]);
    assert.deepEqual(met({ atMost: { times: 1.4, of: "floor" } }), [false]);
  });

  it("compare with another contender's and so much more, or with a fixed number", () => {
    assert.deepEqual(met({ atMost: { of: "floor", plus: 3 } }), [true]);
    assert.deepEqual(met({ atMost: { of: "floor", plus: 2.9 } }), [false]);
    assert.deepEqual(met({ atMost: { plus: 8.9 } }), [false]);
  });

  it("compare with another case of the same contender, and from below", () => {
    assert.deepEqual(met({ atMost: { times: 0.02, in: "answers (requests/s)" } }), [true]);
    assert.deepEqual(met({ case: "answers (requests/s)", atLeast: { plus: 450 } }), [true]);
    assert.deepEqual(met({ case: "answers (requests/s)", atLeast: { plus: 451 } }), [false]);
  });

  it("have no verdict on what was not measured", () => {
    assert.deepEqual(met({ who: "nobody", atMost: { plus: 1 } }), []);
    assert.deepEqual(met({ atMost: { times: 2, of: "nobody" } }), []);
  });

  it("say what they are, what was measured, and what would have been enough", () => {
    const [verdict] = judge(
      [{ case: "deploy (s)", who: "ours", atMost: { times: 1.3, of: "floor", plus: 2 } }],
      threeRounds(),
    );
    assert.deepEqual(verdict, {
      goal: "deploy (s), ours ≤ 1.3 × floor + 2",
      limit: 1.3 * 6 + 2,
      measured: 9,
      met: true,
    });
  });
});

describe("the bench's page", () => {
  it("has a row for each case and a column for each contender, with median, smallest and largest value", () => {
    assert.equal(
      resultTable(threeRounds()),
      [
        "|  | floor | ours |",
        "| --- | --- | --- |",
        "| deploy (s) | **6** (5–7) | **9** (8–10) |",
        "| answers (requests/s) | – | **450** (400–500) |",
      ].join("\n"),
    );
  });

  it("rounds to what a measurement is worth", () => {
    assert.deepEqual([0.1234, 5.678, 12.34, 123.4, 23_456].map(format), [
      "0.12",
      "5.7",
      "12.3",
      "123",
      "23456",
    ]);
  });

  it("replaces one section and leaves the others", async () => {
    const page =
      "before\n<!-- bench: a -->\nold\n<!-- end of a -->\n<!-- bench: b -->\nb\n<!-- end of b -->\n";
    const file = join(folderWith({ "page.md": page }), "page.md");
    await writeSection(file, "a", table([["x"], ["1"]]));
    assert.equal(readFileSync(file, "utf8"), page.replace("old\n", "\n| x |\n| --- |\n| 1 |\n\n"));
    await assert.rejects(writeSection(file, "c", ""), /page\.md has no <!-- bench: c -->/);
  });

  it("has a picture with a bar for each median, as long as its share of the longest of its case", () => {
    const svg = picture(threeRounds());
    const widths = [...svg.matchAll(/<rect [^>]*width="([\d.]+)"/g)].map(([, width]) => Number(width));
    assert.equal(widths.length, 3);
    assert.ok(Math.abs(widths[0]! / widths[1]! - 6 / 9) < 0.001);
    assert.equal(widths[1], widths[2]);
  });
});
