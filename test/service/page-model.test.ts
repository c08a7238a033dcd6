import assert from "node:assert/strict";
import { autoscalersInWords } from "../../service/page/autoscalers";
import { Fleet } from "../../service/page/fleet";
import { FAILED, History, SECONDS } from "../../service/page/history";
import { Journal, sentence } from "../../service/page/journal";
import { COLOURS, Palette } from "../../service/page/palette";
import { parsePod, type Answer, type Pod } from "../../service/page/pod";
import { percentile, Recent } from "../../service/page/recent";

const start = Date.UTC(2026, 0, 1);

function pod(name: string, version = "1", startedAt = "2026-01-01T00:00:00.000Z"): Pod {
  return { name, version, startedAt, ip: "10.244.0.7", node: "minikube", track: "stable" };
}

function answer(from: Pod, at: number, rest: Partial<Answer> = {}): Answer {
  return { pod: from, at, latencyMs: 1, uptimeMs: 0, draining: false, last: true, ...rest };
}

describe("service page's fleet", () => {
  let journal: Journal;
  let fleet: Fleet;
  let now: number;
  beforeEach(() => {
    journal = new Journal();
    fleet = new Fleet(journal, new Palette());
    now = start;
  });

  /** Lets these pods answer in turn, ten times a second. */
  function answers(seconds: number, pods: Pod[], rest: Partial<Answer> = {}): void {
    for (let i = 0; i < seconds * 10; i++) {
      fleet.learn(answer(pods[i % pods.length]!, (now += 100), rest));
      fleet.review(now);
    }
  }
  const told = () => journal.events.map(sentence);
  const states = () => [...fleet.members].map(([name, { state }]) => `${name} ${state}`);

  it("counts pods that answer at first as found, and later ones as new", () => {
    answers(6, [pod("a"), pod("b")]);
    answers(4, [pod("a"), pod("b"), pod("c")]);
    assert.deepEqual(told(), ["2 pods found", "Pod c appeared"]);
  });

  it("follows a rollout: a release appears, the other goes, each in its colour", () => {
    answers(6, [pod("a")]);
    answers(1, [pod("a"), pod("b", "2")]);
    assert.deepEqual(
      [...fleet.members.values()].map(({ colour }) => colour),
      [0, 1],
    );
    fleet.learn(answer(pod("a"), now, { draining: true }));
    assert.deepEqual(states(), ["a draining", "b live"]);
    answers(4, [pod("b", "2")]);
    assert.deepEqual(told().slice(1), [
      "Release 2 appeared",
      "Pod b appeared",
      "Pod a gone",
      "Release 1 gone",
    ]);
  });

  it("greys a pod that misses its turns, then removes it", () => {
    answers(6, [pod("a"), pod("b")]);
    answers(3, [pod("a")]);
    assert.deepEqual(states(), ["a live", "b quiet"]);
    answers(3, [pod("a")]);
    assert.deepEqual(states(), ["a live"]);
  });

  it("removes no pod while nothing answers, or on connections that were kept", () => {
    answers(6, [pod("a"), pod("b")]);
    answers(60, [pod("a")], { last: false });
    fleet.review((now += 3_600_000));
    assert.deepEqual(states(), ["a live", "b live"]);
  });

  it("notices that a container has started again", () => {
    answers(6, [pod("a")]);
    answers(1, [pod("a", "1", "2026-01-01T00:00:05.000Z")]);
    assert.deepEqual(told().slice(1), ["Pod a restarted"]);
  });

  it("notices that a pod's name now belongs to another release", () => {
    answers(6, [pod("a")]);
    answers(1, [pod("a", "2")]);
    assert.deepEqual(told().slice(1), [
      "Pod a gone",
      "Release 1 gone",
      "Release 2 appeared",
      "Pod a appeared",
    ]);
  });

  it("keeps only the last hundred events", () => {
    for (let i = 0; i < 1000; i++) journal.add("release", i, "1");
    assert.equal(journal.events.length, 100);
  });
});

describe("service page's autoscalers", () => {
  const using = (name: string, percent: number) => ({ ...pod(name), cpu: { percent, targetPercent: 70 } });
  const words = (...pods: Pod[]) => {
    const fleet = new Fleet(new Journal(), new Palette());
    for (const each of pods) fleet.learn(answer(each, start));
    return autoscalersInWords([...fleet.members.values()]);
  };

  it("are shown with the pods' CPU use, the target, and how many pods that takes", () => {
    assert.deepEqual(words(using("a", 100), using("b", 180)), [
      "stable: CPU use is 140 % of what the pods request, 70 % is the autoscaler’s target: 4 needed",
    ]);
    assert.match(words(using("a", 76), using("b", 76))[0]!, /: 2 needed$/);
    assert.match(words(using("a", 2), using("b", 2))[0]!, /: 1 needed$/);
  });

  it("are shown for the tracks that have one, each on its own", () => {
    const beta = { ...using("b", 35), track: "beta" };
    assert.deepEqual(words(pod("c")), []);
    assert.deepEqual(
      words(using("a", 70), beta, { ...pod("c"), track: "alpha" }).map((line) => line.split(":")[0]),
      ["stable", "beta"],
    );
  });
});

describe("service page's numbers", () => {
  it("shares and percentiles are those of the last ten seconds", () => {
    const recent = new Recent();
    for (let i = 0; i < 3000; i++) recent.add(answer(pod("old"), start, { latencyMs: 1000 }));
    for (let i = 1; i <= 100; i++)
      recent.add(answer(pod(i % 4 ? "a" : "b"), start + 10_000, { latencyMs: i }));
    const { p50, p95, parts } = recent.summary(start + 10_000);
    assert.deepEqual([p50, p95, [...parts.keys()]], [50, 95, ["a", "b"]]);
    assert.deepEqual(parts.get("b"), { share: 0.25, latencyMs: 52 });
    assert.deepEqual(recent.summary(start + 60_000), { p50: NaN, p95: NaN, parts: new Map(), tracks: [] });
  });

  it("each track has its own share, errors and latency", () => {
    const recent = new Recent();
    const beta = { ...pod("b"), track: "beta" };
    for (let i = 1; i <= 90; i++) recent.add(answer(pod("a"), start, { latencyMs: i }));
    for (let i = 1; i <= 5; i++) recent.add(answer(beta, start, { latencyMs: 100 }));
    for (let i = 1; i <= 5; i++) recent.add({ at: start, why: "status 500", track: "beta" });
    for (let i = 1; i <= 7; i++) recent.add({ at: start, why: "no connection" });
    assert.deepEqual(recent.summary(start).tracks, [
      { track: "beta", share: 0.1, failed: 0.5, p50: 100, p95: 100 },
      { track: "stable", share: 0.9, failed: 0, p50: 45, p95: 86 },
    ]);
  });

  it("a percentile is a value that was measured", () => {
    assert.deepEqual([percentile([], 0.5), percentile([3], 0.95), percentile([2, 1], 0.5)], [NaN, 3, 1]);
  });

  it("the strip has the seconds that are over, of five minutes", () => {
    const history = new History();
    for (let s = 0; s < 1000; s++) history.add(s % 2, start + s * 1000);
    history.add(FAILED, start + 999_000);
    history.advance(start + 1_000_000);
    assert.equal(history.row(0).length, SECONDS);
    assert.deepEqual(history.row(1).slice(-4), [1, 0, 1, 0].reverse());
    assert.deepEqual([history.rate, history.failed], [1, 1]);
    history.advance(start + 2_000_000);
    assert.deepEqual([history.rate, history.failed], [0, 0]);
  });

  it("releases have different colours until there are more of them than colours", () => {
    const palette = new Palette();
    const colours = Array.from({ length: COLOURS }, (_, i) => palette.of(`r${i}`));
    assert.equal(new Set(colours).size, COLOURS);
    assert.ok(palette.of("one more") < COLOURS);
    palette.free("r3");
    assert.equal(palette.of("r1"), colours[1]);
  });

  it("an answer that isn't a pod's is recognised", () => {
    assert.ok(parsePod({ ...pod("a"), node: null }));
    for (const other of [null, undefined, "x", 1, [], {}, { ...pod("a"), ip: 7 }])
      assert.equal(parsePod(other), undefined);
  });
});
