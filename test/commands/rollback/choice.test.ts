import assert from "node:assert/strict";
import type { Release } from "../../../commands/releases/list";
import { chooseRelease, isServing, type Situation } from "../../../commands/rollback/choice";
import { refusal } from "../../support/problems";

/** Releases by tag, with their revisions; and the tag of the one that serves. */
function situation(
  revisions: Readonly<Record<string, readonly number[]>>,
  serving: string,
  more: Partial<Situation> = {},
): Situation {
  const releases = Object.entries(revisions).map(([tag, numbers]) => release(tag, numbers, tag === serving));
  return { releases, code: serving, pin: undefined, ...more };
}

function release(tag: string, revisions: readonly number[], serves = false): Release {
  return { track: "stable", tag, at: "", ended: "succeeded", serves, ready: 0, image: true, revisions };
}

describe("the release to go back to", () => {
  it("is the one before the serving one", () => {
    assert.equal(chooseRelease(situation({ a: [1], b: [2], c: [3] }, "c"), undefined).tag, "b");
  });

  it("is the one that was deployed before, whichever code is older", () => {
    assert.equal(chooseRelease(situation({ a: [3, 1], b: [2] }, "a"), undefined).tag, "b");
  });

  it("is one further back each time", async () => {
    const pinned = (to: string) => ({ code: "c", pin: { from: "c", to } });
    const first = situation({ a: [1], b: [4, 2], c: [3] }, "b", pinned("b"));
    assert.equal(chooseRelease(first, undefined).tag, "a");
    const second = situation({ a: [5, 1], b: [4, 2], c: [3] }, "a", pinned("a"));
    assert.match(await refusal(() => chooseRelease(second, undefined)), /no release to go back to: a serves/);
  });

  it("is the one before a release that the track was promoted to, and further back after a rollback", () => {
    assert.equal(chooseRelease(situation({ a: [1], b: [2] }, "b", { pinned: "b" }), undefined).tag, "a");
    const again = situation({ a: [1], b: [4, 2], c: [3] }, "b", { code: "c", pinned: "b" });
    assert.equal(chooseRelease(again, undefined).tag, "a");
  });

  it("is never a failed one, nor one without its image", () => {
    const failed = { ...release("c", [3]), ended: "failed" } as const;
    const gone = { ...release("b", [2]), image: false };
    const releases = [release("d", [4], true), failed, gone, release("a", [1])];
    assert.equal(chooseRelease({ releases, code: "d", pin: undefined }, undefined).tag, "a");
  });

  it("is before the good one after a failed one was put back by itself", () => {
    const failed = { ...release("c", [3]), ended: "failed" } as const;
    const releases = [failed, release("b", [4, 2], true), release("a", [1])];
    assert.equal(chooseRelease({ releases, code: "c", pin: undefined }, undefined).tag, "a");
  });

  it("is the one that serves if the wanted one failed or still rolls out", () => {
    const failed = { ...release("c", [3]), ended: "failed" } as const;
    const releases = [failed, release("b", [2], true), release("a", [1])];
    const known = { releases, code: "c", pin: undefined };
    assert.equal(chooseRelease(known, undefined).tag, "b");
    assert.equal(isServing({ ...known, code: "b" }, releases[1]!), false);
  });

  it("may be named, even if it failed", () => {
    const failed = { ...release("b", [2]), ended: "failed" } as const;
    const releases = [release("c", [3], true), failed];
    assert.equal(chooseRelease({ releases, code: "c", pin: undefined }, "b").tag, "b");
  });

  it("must be known; the error lists the known ones", async () => {
    const text = await refusal(() => chooseRelease(situation({ a: [1], b: [2], c: [3] }, "c"), "x"));
    assert.match(text, /There is no release x\n +allowed: a, b\n/);
    assert.match(
      await refusal(() => chooseRelease(situation({ a: [1] }, "a"), "x")),
      /none: only the release that serves has/,
    );
  });

  it("must have its image, unless it is the code's own", async () => {
    const releases = [release("b", [2], true), { ...release("a", [1]), image: false }];
    const known = { releases, code: "b", pin: undefined };
    assert.match(await refusal(() => chooseRelease(known, "a")), /image of release a is gone/);
    assert.equal(chooseRelease({ ...known, code: "a" }, "a").tag, "a");
  });

  it("serves already only if the stack's config wants it too", () => {
    const known = situation({ a: [1], b: [2] }, "b");
    const [, b] = known.releases;
    assert.equal(isServing(known, b!), true);
    assert.equal(isServing({ ...known, code: "c" }, b!), false);
    assert.equal(isServing({ ...known, code: "c", pinned: "b" }, b!), true);
    assert.equal(isServing({ ...known, code: "c", pin: { from: "c", to: "b" } }, b!), true);
    assert.equal(isServing({ ...known, code: "d", pin: { from: "c", to: "b" } }, b!), false);
  });
});
