import assert from "node:assert/strict";
import type { Config } from "../../../infra/config";
import { configOf } from "../../support/config";
import { refusal } from "../../support/problems";

const A_TAG = "0123456789ab";

function tracksOf(tracks: object, more: Readonly<Record<string, string>> = {}): Config["tracks"] {
  return configOf({ ...more, tracks: JSON.stringify(tracks) }).tracks;
}

function refused(tracks: object, more: Readonly<Record<string, string>> = {}): Promise<string> {
  return refusal(() => tracksOf(tracks, more));
}

describe("tracks in a stack's config", () => {
  it("are stable, with the stack's replicas, and those that config names", () => {
    const tracks = tracksOf({ beta: {}, alpha: { replicas: 0, release: A_TAG } }, { replicas: "9" });
    assert.deepEqual(
      tracks.map(({ name, replicas, release }) => [name, replicas, release]),
      [
        ["stable", 9, undefined],
        ["beta", 1, undefined],
        ["alpha", 0, A_TAG],
      ],
    );
  });

  it("have from 0 to 500 replicas each", () => {
    for (const replicas of [0, 500]) {
      assert.equal(configOf({ replicas: String(replicas) }).tracks[0].replicas, replicas);
      assert.equal(tracksOf({ beta: { replicas } })[1]?.replicas, replicas);
    }
  });

  it("take numbers as `pulumi config set --path` writes them: as numbers, also for a tag of digits", () => {
    const [stable, beta] = tracksOf({
      stable: { replicas: 9 },
      beta: { replicas: "3", release: 123456789012 },
    });
    assert.deepEqual([stable.replicas, beta?.replicas, beta?.release], [9, 3, "123456789012"]);
  });

  it("have the stack's resources unless they have their own", () => {
    const [, beta] = tracksOf({ beta: { resources: { limits: { memory: "512Mi" } } } });
    assert.deepEqual(beta?.resources, {
      requests: { cpu: "100m", memory: "100Mi" },
      limits: { cpu: "1", memory: "512Mi" },
    });
  });

  it("report all problems at once, with what is allowed", async () => {
    const message = await refused({
      Beta: {},
      a: { replicas: 501 },
      b: { release: "latest" },
      c: { env: { PORT: "1" } },
      d: { replica: 1 },
      e: { resources: { limits: { cpu: "x" } } },
    });
    assert.match(message, /tracks\.Beta is .*\n.*\n +allowed: a name of small letters/);
    assert.match(message, /tracks\.a\.replicas is 501\.\n.*\n +allowed: a whole number from 0 to 500/);
    assert.match(message, /tracks\.b\.release is "latest"\.\n.*\n +allowed: a release's tag/);
    assert.match(message, /tracks\.c\.env\.PORT is "1"\.\n.*\n +allowed: any other variable/);
    assert.match(message, /tracks\.d\.replica is not a key .* Did you mean replicas\?/);
    assert.match(message, /tracks\.e\.resources\.limits\.cpu is "x"/);
  });

  it("are refused if a setting is made twice: replicas, and the release of stable", async () => {
    const rolledBack = JSON.stringify({ from: A_TAG, to: A_TAG });
    const stable = { replicas: 3, release: A_TAG };
    const message = await refused({ stable }, { replicas: "2", rolledBack });
    assert.match(
      message,
      /tracks\.stable\.replicas is 3\.[^]*not both\n +do: +npx pulumi config rm replicas/,
    );
    assert.match(message, /tracks\.stable\.release is "0123456789ab"\.[^]*config rm rolledBack/);
  });

  it("must fit the stack's name and resources", async () => {
    const big = { big: { resources: { requests: { memory: "1Gi" } } } };
    assert.match(await refused(big), /tracks\.big\.resources\.limits\.memory is "256Mi"\.[^]*which is 1Gi/);
    const name = "a".repeat(40);
    assert.match(await refused({ abcdef: {} }, { name }), /tracks\.abcdef [^]*at most 5 characters/);
    assert.equal(tracksOf({ abcde: {} }, { name }).length, 2);
  });

  it("show the spelling that works for a name with dots", async () => {
    const message = await refused({ beta: { env: { "a/b": { c: "x" } } } });
    assert.match(message, /tracks\.beta\.env\.a\/b/);
    assert.doesNotMatch(message, /config rm --path tracks\.beta( |$)/m);
  });
});
