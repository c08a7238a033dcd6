import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync, utimesSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { UserError } from "../../../common/problem";
import type { Workspace } from "@pulumi/pulumi/automation";
import { prepareState } from "../../../commands/state";
import type { Checkpoint, Resource, Snapshot } from "../../../commands/state/checkpoint";
import { withoutPending } from "../../../commands/state/pending";
import { StateFolder } from "../../support/state-folder";

describe("a stack's state", () => {
  let folder: StateFolder;
  let told: string[] = [];

  beforeEach(() => void (folder = new StateFolder()));
  afterEach(() => void (told = []));

  /** No engine is asked as long as nothing is pending. */
  const noEngine = undefined as unknown as Workspace;
  const prepared = () => prepareState(noEngine, folder.paths, "clear", 0, (line) => void told.push(line));

  const state = (name: string): Checkpoint => ({
    version: 3,
    checkpoint: { latest: { resources: [deployment(name)] } },
  });
  const deployment = (name: string): Resource => ({
    urn: `urn:${name}`,
    type: "kubernetes:apps/v1:Deployment",
    inputs: { metadata: { name, namespace: "default" } },
  });

  const written = (): unknown => JSON.parse(readFileSync(folder.paths.file, "utf8"));
  const cut = (content: object) => JSON.stringify(content).slice(0, 40);

  /** Writes a copy that is so many seconds old. */
  function copy(file: string, content: object | string | Buffer, age: number): void {
    const then = Date.now() / 1000 - age;
    utimesSync(folder.write(file, content), then, then);
  }

  it("that is whole stays as it is, and so does one that doesn't exist yet", async () => {
    await prepared();
    const file = folder.write(folder.paths.file, state("whole"));
    folder.write(`${file}.bak`, state("before"));
    await prepared();
    assert.deepEqual([written(), told], [state("whole"), []]);
    assert.deepEqual(readdirSync(dirname(file)).sort(), ["dev.json", "dev.json.bak"]);
  });

  it("that is cut off, or empty, is recovered from the newest copy that can be read, and kept", async () => {
    const { file, copies } = folder.paths;
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
      await prepared();
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

  it("is recovered also if the engine compresses it", async () => {
    const file = `${folder.paths.file}.gz`;
    const whole = gzipSync(JSON.stringify(state("whole")));
    folder.write(file, whole.subarray(0, 30));
    folder.write(`${file}.bak`, whole);
    await prepared();
    assert.deepEqual(JSON.parse(gunzipSync(readFileSync(file)).toString()), state("whole"));
  });

  it("with unreadable attributes, over which the engine fails, goes on without them", async () => {
    const file = folder.write(folder.paths.file, state("whole"));
    folder.write(`${file}.attrs`, "");
    await prepared();
    assert.deepEqual([readdirSync(dirname(file)), written()], [["dev.json"], state("whole")]);
  });

  it("without any copy is one clear error, and stays where it is", async () => {
    const file = folder.write(folder.paths.file, cut(state("lost")));
    await assert.rejects(prepared(), (error: Error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /the stack dev can't be read .*no copy that can[^]*mv .*npm run up/);
      return error.message.includes(file);
    });
    assert.equal(readFileSync(file, "utf8"), cut(state("lost")));
  });

  describe("in which a killed update was just creating something", () => {
    const namespace: Resource = {
      urn: "urn:namespace",
      type: "kubernetes:core/v1:Namespace",
      inputs: { metadata: { name: "team-a" } },
    };
    const before: Snapshot = {
      resources: [deployment("known")],
      pending_operations: [
        { type: "creating", resource: deployment("api") },
        { type: "creating", resource: namespace },
        { type: "creating", resource: { urn: "urn:image", type: "docker:index/image:Image" } },
        { type: "updating", resource: deployment("known") },
      ],
    };

    it("has it cleared for the next update", () => {
      assert.deepEqual(withoutPending(before, "clear"), { resources: [deployment("known")] });
    });

    it("has it imported before a destroy, under the id that it would have", () => {
      const { resources = [], pending_operations } = withoutPending(before, "import");
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

  it("of an update that runs is left to it", async () => {
    const lock = folder.lock({ pid: 1, username: "somebody", hostname: "another" });
    folder.write(folder.paths.file, "");
    await assert.rejects(prepared(), /still running/);
    assert.deepEqual(
      [readdirSync(folder.paths.locks), readFileSync(folder.paths.file, "utf8")],
      [[basename(lock)], ""],
    );
  });
});
