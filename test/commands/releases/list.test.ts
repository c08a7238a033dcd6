import assert from "node:assert/strict";
import type { V1ReplicaSet } from "@kubernetes/client-node";
import { releasesOf, table, type Update } from "../../../commands/releases/list";
import { rolloutOf } from "../../../cluster/releases/rollout";
import { ago, deploymentAt, replicaSet, stuck } from "../../support/rollout";

const sets = [
  replicaSet({ release: "a", revision: 4, former: "1", ready: 2, madeAt: ago(900) }),
  replicaSet({ release: "b", revision: 2, madeAt: ago(600) }),
  replicaSet({ release: "c", revision: 3, madeAt: ago(300) }),
];

const update = (result: string, from: number, to: number, kind = "update"): Update => ({
  kind,
  result,
  startTime: ago(from),
  endTime: ago(to),
});

const history = [
  update("succeeded", 400, 250, "refresh"),
  update("failed", 310, 290),
  update("succeeded", 600, 590),
  update("succeeded", 910, 890),
];

/** Tag and one property of each. */
function listed<K extends "ended" | "serves" | "image">(
  property: K,
  deployment = deploymentAt(4),
  of: V1ReplicaSet[] = sets,
) {
  const releases = releasesOf(rolloutOf(deployment, of), history, ["a", "c"]);
  return releases.map((release) => [release.tag, release[property]]);
}

describe("the releases", () => {
  it("are listed by tag, newest first, with the one that serves", () => {
    assert.deepEqual(listed("serves"), Object.entries({ c: false, b: false, a: true }));
  });

  it("ended as the update that made them", () => {
    assert.deepEqual(listed("ended"), Object.entries({ c: "failed", b: "succeeded", a: "succeeded" }));
  });

  it("have an image, or not any more", () => {
    assert.deepEqual(listed("image"), Object.entries({ c: true, b: false, a: true }));
  });

  it("serve on while another doesn't become ready", () => {
    assert.deepEqual(
      listed("serves", deploymentAt(3, stuck)),
      Object.entries({ c: false, b: false, a: true }),
    );
  });

  it("are rolling out, or of unknown end, if the engine knows nothing of them", () => {
    const byHand = [
      replicaSet({ release: "y", revision: 8, ready: 2, madeAt: ago(30) }),
      replicaSet({ release: "z", revision: 9, madeAt: ago(5) }),
    ];
    assert.deepEqual(
      listed("ended", deploymentAt(9, stuck), byHand),
      Object.entries({ z: "rolling out", y: "unknown" }),
    );
  });

  it("have succeeded when they were tried again and serve now", () => {
    assert.deepEqual(listed("ended", deploymentAt(3))[0], ["c", "succeeded"]);
  });

  it("are listed once, even if config changed meanwhile, and are as new as the last change", () => {
    const twice = [...sets, replicaSet({ release: "b", revision: 5, madeAt: ago(100) })];
    const [first, ...others] = releasesOf(rolloutOf(deploymentAt(4), twice), history, []);
    assert.deepEqual([first?.tag, first?.at, first?.revisions], ["b", ago(100).toISOString(), [5, 2]]);
    assert.deepEqual(
      others.map(({ tag }) => tag),
      ["c", "a"],
    );
  });

  it("leave out the ReplicaSets of others", () => {
    const foreign = replicaSet({ release: "x", revision: 7 });
    const others = { ...foreign, metadata: { ...foreign.metadata, ownerReferences: [] } };
    assert.equal(listed("ended", deploymentAt(4), [...sets, others]).length, 3);
  });

  it("are written one a line, with the rollback if there is one", () => {
    const releases = releasesOf(rolloutOf(deploymentAt(4), sets), history, ["a", "c"]);
    const text = table(releases, { rolledBack: { from: "c", to: "a" } });
    assert.match(text, /^ {2}c +\S+ \S+ +failed$/m);
    assert.match(text, /^ {2}b +\S+ \S+ +succeeded +its image is gone$/m);
    assert.match(text, /^● a +\S+ \S+ +succeeded +serves, 2 ready$/m);
    assert.match(text, /release c, which was rolled back: release a is deployed[^]*config rm rolledBack$/);
    assert.doesNotMatch(table(releases, {}), /rolled back/);
  });
});
