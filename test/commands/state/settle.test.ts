import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync, utimesSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { UserError } from "../../../common/problem";
import type { Checkpoint, Operation, Resource } from "../../../commands/state/checkpoint";
import type { Unheard } from "../../../commands/state/pending";
import { settle } from "../../../commands/state/settle";
import { StateFolder } from "./folder";

describe("a stack's state", () => {
  let folder: StateFolder;
  let told: string[] = [];

  beforeEach(() => void (folder = new StateFolder()));
  afterEach(() => {
    folder.remove();
    told = [];
  });

  const settled = (unheard: Unheard = "forget", waitMs = 0) =>
    settle(folder.place, unheard, Date.now() + waitMs, (line) => void told.push(line));

  const state = (name: string, pending?: readonly Operation[]): Checkpoint => ({
    version: 3,
    checkpoint: {
      latest: { resources: [deployment(name)], ...(pending && { pending_operations: pending }) },
    },
  });
  const deployment = (name: string): Resource => ({
    urn: `urn:${name}`,
    type: "kubernetes:apps/v1:Deployment",
    inputs: { metadata: { name, namespace: "default" } },
  });

  const written = (): unknown => JSON.parse(readFileSync(folder.place.file, "utf8"));
  const cut = (content: object) => JSON.stringify(content).slice(0, 40);

  /** Writes a copy that is so many seconds old. */
  function copy(file: string, content: object | string | Buffer, age: number): void {
    const then = Date.now() / 1000 - age;
    utimesSync(folder.write(file, content), then, then);
  }

  it("that is whole is left as it is, and so is one that isn't there yet", async () => {
    await settled();
    const file = folder.write(folder.place.file, state("whole"));
    folder.write(`${file}.bak`, state("before"));
    await settled();
    assert.deepEqual([written(), told], [state("whole"), []]);
    assert.deepEqual(readdirSync(dirname(file)).sort(), ["dev.json", "dev.json.bak"]);
  });

  it("that is cut off, or empty, is recovered from the newest copy that can be read, and kept", async () => {
    const { file, copies } = folder.place;
    const [backups = "", history = ""] = copies;
    copy(`${file}.bak`, state("bak"), 30);
    copy(join(backups, "dev.1763000000000000001.json"), state("backup"), 20);
    copy(join(history, "dev-1763000000000000002.checkpoint.json"), state("checkpoint"), 10);
    copy(join(history, "dev-1763000000000000002.history.json"), { kind: "update" }, 5);
    copy(join(backups, "dev.1763000000000000003.json"), cut(state("newest")), 1);
    const expected = ["checkpoint", "backup", "bak"];
    for (const [index, damaged] of [cut(state("lost")), "", "\0".repeat(500)].entries()) {
      folder.write(file, damaged);
      folder.write(`${file}.attrs`, {});
      await settled();
      assert.deepEqual(written(), state(expected[index] ?? ""));
      const kept = readdirSync(dirname(file)).filter((name) => /^dev\.json\.damaged-\w+$/.test(name));
      assert.deepEqual(
        kept.map((name) => readFileSync(join(dirname(file), name), "utf8")),
        [damaged],
      );
      assert.match(told[index] ?? "", new RegExp(`${file}.*recovered from .*, and kept as .*${kept[0]}`));
      // The next time it is the next copy's turn.
      rmSync(join(dirname(file), kept[0] ?? ""));
      if (index === 0) rmSync(history, { recursive: true });
      if (index === 1) rmSync(backups, { recursive: true });
    }
    assert.deepEqual(
      readdirSync(dirname(file)).sort(),
      ["dev.json", "dev.json.bak"],
      "its attributes are gone",
    );
  });

  it("is recovered where the engine compresses it", async () => {
    const file = `${folder.place.file}.gz`;
    const whole = gzipSync(JSON.stringify(state("whole")));
    folder.write(file, whole.subarray(0, 30));
    folder.write(`${file}.bak`, whole);
    await settled();
    assert.deepEqual(JSON.parse(gunzipSync(readFileSync(file)).toString()), state("whole"));
  });

  it("with attributes that can't be read, which the engine stumbles over, goes on without them", async () => {
    const file = folder.write(folder.place.file, state("whole"));
    folder.write(`${file}.attrs`, "");
    await settled();
    assert.deepEqual([readdirSync(dirname(file)), written()], [["dev.json"], state("whole")]);
  });

  it("without any copy is one clear error, and stays where it is", async () => {
    const file = folder.write(folder.place.file, cut(state("lost")));
    await assert.rejects(settled(), (error: Error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /the stack dev can't be read .*no copy that can[^]*mv .*npm run up/);
      return error.message.includes(file);
    });
    assert.equal(readFileSync(file, "utf8"), cut(state("lost")));
    assert.deepEqual(readdirSync(folder.place.locks), []);
  });

  describe("with what a killed update had begun", () => {
    const urn = "urn:namespace";
    const inputs = { metadata: { name: "team-a" } };
    const pending = [
      { type: "creating", resource: deployment("api") },
      { type: "creating", resource: { urn, type: "kubernetes:core/v1:Namespace", inputs } },
      { type: "creating", resource: { urn: "urn:image", type: "docker:index/image:Image" } },
      { type: "updating", resource: deployment("known") },
    ];

    it("forgets it for the next update", async () => {
      folder.write(folder.place.file, state("known", pending));
      await settled("forget");
      assert.deepEqual(written(), state("known"));
    });

    it("takes it for there before a destroy, under the id that it would have", async () => {
      folder.write(folder.place.file, state("known", pending));
      await settled("adopt");
      const { resources = [], pending_operations } = (written() as Checkpoint).checkpoint.latest ?? {};
      assert.equal(pending_operations, undefined);
      assert.deepEqual(
        resources.map(({ urn, id }) => [urn, id]),
        [
          ["urn:known", undefined],
          ["urn:api", "default/api"],
          ["urn:namespace", "team-a"],
        ],
      );
    });
  });

  it("of an update that runs is waited for, and then looked at", async () => {
    const lock = folder.lock({ pid: 1, username: "somebody", hostname: "another" });
    folder.write(folder.place.file, "");
    folder.write(`${folder.place.file}.bak`, state("bak"));
    const waiting = settled("forget", 10_000);
    assert.match(
      told[0] ?? (await eventually()),
      /the stack dev is running \(pid 1 of somebody@another\): waiting/,
    );
    assert.equal(readFileSync(folder.place.file, "utf8"), "", "it is the other's");
    rmSync(lock);
    await waiting;
    assert.deepEqual(written(), state("bak"));
  });

  it("of an update that goes on for too long is one clear error, and left to it", async () => {
    const lock = folder.lock({ pid: 1, username: "somebody", hostname: "another" });
    folder.write(folder.place.file, "");
    const what = /still running[^]*pid 1 of somebody@another[^]*npx pulumi cancel/;
    await assert.rejects(settled(), what);
    assert.deepEqual(
      [readdirSync(folder.place.locks), readFileSync(folder.place.file, "utf8")],
      [[basename(lock)], ""],
    );
  });

  async function eventually(): Promise<string> {
    while (told[0] === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
    return told[0];
  }
});
