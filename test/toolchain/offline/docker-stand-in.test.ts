import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { checkImage } from "../../../toolchain/offline/docker-stand-in/check";
import { digestOf } from "../../../toolchain/offline/docker-stand-in/context";
import { IgnoreFile } from "../../../toolchain/offline/docker-stand-in/ignore";
import { diffImage } from "../../../toolchain/offline/docker-stand-in/image";
import { secret } from "../../../toolchain/offline/docker-stand-in/properties";

/** What Pulumi's own plugin (built from its commit 237b7899) said of the tree of the first test. */
const SEEN = "7059b08aec78c0fb0ffbfa4d0aa0eee6788a8802b4a80f927b85db128e182d87";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("docker stand-in", () => {
  let root: string;
  const at = (name: string) => path.join(root, name);
  const write = (name: string, content: string) => {
    fs.mkdirSync(path.dirname(at(name)), { recursive: true });
    fs.writeFileSync(at(name), content, { mode: 0o644 });
  };
  const digest = (dockerfile = "context/Dockerfile") => digestOf(at("context"), at(dockerfile));

  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), "stand-in-"));
    write("context/Dockerfile", "FROM scratch\nCOPY . /\n");
    write("context/src/app.js", "1");
    write("Dockerfile.outside", "FROM scratch\nCOPY . /\n");
  });
  afterEach(() => fs.rmSync(root, { recursive: true }));

  describe("digest of a build context", () => {
    it("is the real plugin's", () => {
      fs.symlinkSync("src/app.js", at("context/link"));
      const here = process.cwd();
      process.chdir(root);
      try {
        assert.equal(digestOf("context", "context/Dockerfile"), SEEN);
      } finally {
        process.chdir(here);
      }
    });

    for (const [what, change] of [
      ["a file's content", () => write("context/src/app.js", "2")],
      ["a file's mode", () => fs.chmodSync(at("context/src/app.js"), 0o755)],
      ["a file's name", () => fs.renameSync(at("context/src/app.js"), at("context/src/main.js"))],
      ["a new symbolic link", () => fs.symlinkSync("src", at("context/link"))],
      ["the Dockerfile", () => write("context/Dockerfile", "FROM scratch\n")],
    ] as const) {
      it(`changes with ${what}`, () => {
        const before = digest();
        change();
        assert.notEqual(digest(), before);
      });
    }

    for (const [what, change] of [
      ["a file's time", () => fs.utimesSync(at("context/src/app.js"), 1, 1)],
      ["an empty folder", () => fs.mkdirSync(at("context/empty"))],
      ["what a Dockerfile outside is called", () => fs.renameSync(at("Dockerfile.outside"), at("Other"))],
    ] as const) {
      it(`does not change with ${what}`, () => {
        const before = digest("Dockerfile.outside");
        change();
        assert.equal(digest(fs.existsSync(at("Other")) ? "Other" : "Dockerfile.outside"), before);
      });
    }

    it("changes with where a link leads, not with what is there", () => {
      fs.symlinkSync("src/app.js", at("context/link"));
      write("context/.dockerignore", "src\n");
      const before = digest();
      write("context/src/app.js", "2");
      assert.equal(digest(), before);
      fs.unlinkSync(at("context/link"));
      fs.symlinkSync("Dockerfile", at("context/link"));
      assert.notEqual(digest(), before);
    });

    it("heeds the ignore file named after the Dockerfile before the context's own", () => {
      write("context/.dockerignore", "src\n");
      write("context/Dockerfile.dockerignore", "other\n");
      const before = digest();
      write("context/other/file", "1");
      assert.equal(digest(), before);
      write("context/src/app.js", "2");
      assert.notEqual(digest(), before);
    });
  });

  describe("ignore file", () => {
    for (const [patterns, ignored, kept] of [
      [["node_modules"], ["node_modules", "node_modules/a/b"], ["src/node_modules", "node_modules2"]],
      [["**/node_modules"], ["node_modules", "a/b/node_modules/c"], ["a/modules"]],
      [["*.md", "!README.md"], ["a.md"], ["README.md", "docs/a.md"]],
      [
        ["docs/**", "!docs/keep"],
        ["docs/a", "docs/b/c"],
        ["docs/keep", "docs/keep/a"],
      ],
      [
        ["/src/", "a+b", "x.?"],
        ["src/app.js", "a+b", "x.y"],
        ["aab", "xzy", "x.yz"],
      ],
      [
        ["**/*.log", "[ab].txt"],
        ["x.log", "a/b.log", "a.txt"],
        ["x.logs", "c.txt"],
      ],
    ] as const) {
      it(`${patterns.join(", ")}`, () => {
        const file = new IgnoreFile(patterns);
        assert.deepEqual(
          ignored.filter((name) => !file.ignores(name)),
          [],
        );
        assert.deepEqual(
          kept.filter((name) => file.ignores(name)),
          [],
        );
      });
    }
  });

  describe("Check", () => {
    const inputs = (build: object, more: object = {}) => ({
      imageName: "demo:1",
      skipPush: true,
      build: { context: at("context"), dockerfile: at("context/Dockerfile"), ...build },
      ...more,
    });
    const reasons = (news: Record<string, unknown>) =>
      checkImage(news)
        .failures.map(({ property, reason }) => `${property}: ${reason}`)
        .join("\n");

    it("fills in defaults and the digest, and keeps the rest", () => {
      const { inputs: checked, failures } = checkImage(inputs({ args: { A: "1" }, dockerfile: undefined }));
      assert.deepEqual(failures, []);
      assert.equal(checked["buildOnPreview"], false);
      const build = checked["build"] as Record<string, unknown>;
      assert.equal(build["dockerfile"], at("context/Dockerfile"));
      assert.equal(build["contextDigest"], digest());
      assert.match(String(build["platform"]), /^linux\//);
      assert.deepEqual(build["args"], { A: "1" });
    });

    it("lets unknowns of a preview pass, with no digest", () => {
      const { inputs: checked, failures } = checkImage(inputs({ context: UNKNOWN }, { imageName: UNKNOWN }));
      assert.deepEqual(failures, []);
      assert.equal((checked["build"] as Record<string, unknown>)["contextDigest"], undefined);
    });

    it("digests a context though an argument is unknown", () => {
      const { inputs: checked } = checkImage(inputs({ args: { A: UNKNOWN } }));
      assert.equal((checked["build"] as Record<string, unknown>)["contextDigest"], digest());
    });

    for (const [what, news, reason] of [
      [
        "a push",
        () => inputs({}, { skipPush: false }),
        /^skipPush: .*can't push.*pulumi-resource-docker on PATH/,
      ],
      [
        "BuildKit",
        () => inputs({ builderVersion: "BuilderBuildKit" }),
        /^build\.builderVersion: .*BuilderV1/,
      ],
      ["an unknown builder", () => inputs({ builderVersion: "V3" }), /invalid Docker Builder version/],
      [
        "a folder that isn't there",
        () => inputs({ context: at("none") }),
        /^build\.context: there is no folder/,
      ],
      [
        "no Dockerfile",
        () => inputs({ dockerfile: at("none") }),
        /^build\.dockerfile: could not open dockerfile/,
      ],
      ["no name", () => ({ ...inputs({}), imageName: undefined }), /^imageName: /],
      ["a build that is no object", () => inputs({}, { build: "." }), /^build: /],
    ] as const) {
      it(`refuses ${what}`, () => assert.match(reasons(news()), reason));
    }

    it("takes a symbolic link that leads nowhere", () => {
      fs.symlinkSync("nowhere", at("context/link"));
      assert.equal(reasons(inputs({})), "");
    });

    it("wants whole names where a cache is to be pulled", () => {
      const cacheFrom = { images: ["quay.io/a:1", "b:1"] };
      assert.match(
        reasons(inputs({ cacheFrom }, { imageName: "docker.io/c/d:1" })),
        /^build\.cacheFrom: "b:1" must/,
      );
    });

    it("says where a Dockerfile given from the context's view lies", () => {
      assert.match(
        reasons(inputs({ dockerfile: "src/app.js" })),
        /Try setting dockerfile to ".*src\/app\.js"/,
      );
    });
  });

  describe("Diff", () => {
    const news = {
      imageName: "demo:1",
      build: { contextDigest: "a" },
      registry: { server: "s", password: "1" },
    };
    const state = (inputs: object) => ({
      imageName: "demo:1",
      repoDigest: "sha256:1",
      __inputs: secret(inputs),
    });
    const changed = (inputs: object) => Object.fromEntries(diffImage(state(inputs), news));

    it("sees nothing where the inputs are the same", () => assert.deepEqual(changed(news), {}));
    it("sees another content", () => {
      assert.deepEqual(changed({ ...news, build: { contextDigest: "b" } }), { build: "update" });
    });
    it("sees what came and what went", () => {
      const { build, ...rest } = news;
      assert.ok(build);
      assert.deepEqual(changed({ ...rest, skipPush: true }), { build: "add", skipPush: "delete" });
    });
    it("does not mind a registry's credentials", () => {
      assert.deepEqual(changed({ ...news, registry: { server: "s", password: "2" } }), {});
      assert.deepEqual(changed({ ...news, registry: { server: "t", password: "2" } }), {
        registry: "update",
      });
    });
  });
});
