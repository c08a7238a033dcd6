import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { checkImage, diffImage } from "../../../toolchain/offline/docker-stand-in/image";
import { follow } from "../../../toolchain/offline/docker-stand-in/progress";
import { secret, type Properties } from "../../../toolchain/offline/docker-stand-in/properties";
import { folderWith } from "../../support/folder";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("the stand-in for Pulumi's docker plugin", () => {
  let root: string;
  const at = (name: string) => join(root, name);
  const write = (name: string, content: string) => {
    mkdirSync(dirname(at(name)), { recursive: true });
    writeFileSync(at(name), content);
  };
  const inputs = (build: object = {}, more: object = {}): Properties => ({
    imageName: "demo:1",
    skipPush: true,
    build: {
      context: at("context"),
      dockerfile: at("context/Dockerfile"),
      builderVersion: "BuilderBuildKit",
      ...build,
    },
    ...more,
  });
  const digest = async () => {
    const { inputs: checked, failures } = await checkImage(inputs());
    assert.deepEqual(failures, []);
    return (checked["build"] as Properties)["contextDigest"];
  };

  beforeEach(() => {
    root = folderWith({ "context/Dockerfile": "FROM scratch\nCOPY . /\n", "context/src/app.js": "1" });
  });

  for (const [what, change] of [
    ["a file's content", () => write("context/src/app.js", "2")],
    ["the Dockerfile", () => write("context/Dockerfile", "FROM scratch\n")],
    ["a new link", () => symlinkSync("src", at("context/link"))],
  ] as const) {
    it(`sees ${what} in the context's digest`, async () => {
      const before = await digest();
      change();
      assert.notEqual(await digest(), before);
    });
  }

  it("doesn't see a file's time in it", async () => {
    const before = await digest();
    utimesSync(at("context/src/app.js"), 1, 1);
    assert.equal(await digest(), before);
  });

  it("checks nothing that a preview doesn't know yet", async () => {
    const news = inputs({ context: UNKNOWN });
    assert.deepEqual(await checkImage(news), { inputs: news, failures: [] });
  });

  for (const [what, news, reason] of [
    ["a push", () => inputs({}, { skipPush: false }), /^skipPush: .*can't push.*resource-docker is on PATH/],
    ["a build in a preview", () => inputs({}, { buildOnPreview: true }), /^buildOnPreview: /],
    ["another builder", () => inputs({ builderVersion: "BuilderV1" }), /^build\.builderVersion: /],
    ["what it doesn't know", () => inputs({ network: "host" }), /^build\.network: .*doesn't support/],
    ["a missing folder", () => inputs({ context: at("none") }), /^build\.context: .*none" doesn't exist/],
    ["a missing Dockerfile", () => inputs({ dockerfile: at("none") }), /^build\.dockerfile: /],
    ["no name", () => inputs({}, { imageName: undefined }), /^imageName: /],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const { failures } = await checkImage(news());
      assert.equal(failures.length, 1);
      assert.match(failures.join("\n"), reason);
    });
  }

  it("compares new inputs with those in the state", () => {
    const news = { imageName: "demo:1", build: { contextDigest: "a" } };
    const changed = (before: object) =>
      Object.fromEntries(diffImage({ imageName: "demo:1", __inputs: secret(before) }, news));
    assert.deepEqual(changed(news), {});
    assert.deepEqual(changed({ ...news, build: { contextDigest: "b" } }), { build: "update" });
    assert.deepEqual(changed({ imageName: "demo:1", skipPush: true }), { build: "add", skipPush: "delete" });
  });

  describe("shows a build's output", () => {
    /** A progress message in which a step prints something: field 3 of a StatusResponse, in it field 4 of a log. */
    const printed = (text: string) => {
      const log = Buffer.from([0x22, text.length, ...Buffer.from(text)]);
      const aux = Buffer.from([0x1a, log.length, ...log]).toString("base64");
      return `${JSON.stringify({ id: "moby.buildkit.trace", aux })}\n`;
    };

    it("as the steps print it, and quotes it if the build fails", async () => {
      const said: string[] = [];
      const output = Readable.from([
        printed("npm error\nE404\n"),
        `${JSON.stringify({ error: "exit code: 1" })}\n`,
      ]);
      const failed = follow(output, (line) => said.push(line));
      await assert.rejects(
        failed,
        /^Error: exit code: 1\nthe last lines of its output:\n {2}npm error\n {2}E404$/,
      );
      assert.deepEqual(said, ["npm error", "E404"]);
    });

    it("and fails if the connection breaks", async () => {
      const output = new PassThrough();
      output.write(printed("one"));
      const failed = follow(output, () => output.destroy(new Error("reset by peer")));
      await assert.rejects(failed, /reset by peer/);
    });
  });
});
