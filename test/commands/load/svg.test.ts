import assert from "node:assert/strict";
import type { Report, Second } from "../../../commands/load/generator";
import { picture } from "../../../commands/load/svg";

const second = (answered: number, failed: number, release: string): Second => ({
  answered,
  failed,
  latencyMs: answered === 0 ? null : { p50: 1, p90: 2, p95: 3, p99: 5, max: 9 },
  releases: { [release]: answered },
});

const report: Report = {
  url: "http://127.0.0.1:1/pod?a=<b>&c",
  startedAt: "2025-01-01T00:00:00.000Z",
  durationMs: 3000,
  rate: 100,
  requests: 300,
  answered: 199,
  failed: 101,
  failures: { "connection refused": 101 },
  firstFailures: [],
  connections: { kept: 150, new: 150 },
  latencyMs: { p50: 1, p90: 2, p95: 3, p99: 5, max: 9 },
  lateMs: 1,
  pods: [],
  tracks: [],
  releases: [
    { version: "v1", answers: 100 },
    { version: "v2", answers: 99 },
  ],
  seconds: [second(100, 0, "v1"), second(0, 100, "v1"), second(99, 1, "v2")],
};

describe("load picture", () => {
  const svg = picture(report);

  it("marks the seconds in which requests failed", () => {
    assert.equal(svg.match(/opacity="0.18"/g)?.length, 2);
  });

  it("draws a bar for each second and release, and for what failed", () => {
    assert.equal(svg.match(/<rect [^>]*height="[\d.]+" fill="#\w+"\/>/g)?.length, 2 + 2);
  });

  it("leaves a gap in the line if nothing was answered, and has no invalid number", () => {
    assert.equal(svg.match(/d="M[\d. ]+M[\d. ]+"/g)?.length, 2);
    assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
  });

  it("takes no URL for markup", () => {
    assert.match(svg, /a=&#60;b&#62;&#38;c/);
  });

  it("can be drawn of nothing", () => {
    const nothing = { ...report, seconds: [], releases: [], latencyMs: null };
    assert.doesNotMatch(picture(nothing), /NaN|Infinity|undefined/);
  });
});
