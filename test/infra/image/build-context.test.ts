import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { basename, join } from "node:path";
import { BUILD_CONTEXT, passedContext, prepareContext } from "../../../infra/image/build-context";
import type { BuildConfig } from "../../../infra/image/sources";
import { folderWith } from "../../support/folder";
import { refusal } from "../../support/problems";

type Files = Readonly<Record<string, string>>;
type Change = (app: string) => unknown;
type Options = Partial<BuildConfig["build"]> & { service?: string; bundle?: boolean };

const plain = {
  "app/Dockerfile": "FROM scratch\nCOPY . .\n",
  "app/server.js": "1",
  "app/lib/a.js": "a",
};

const bundled = {
  "app/Dockerfile": "FROM scratch\nCOPY main.js .\n",
  "app/main.ts": 'import { word } from "./word";\nconst said: string = word;\nprocess.stdout.write(said);\n',
  "app/word.ts": 'export const word = "hello";\nexport const unused = "nobody asks for me";\n',
};

function configFor({ service = "app", bundle, ...build }: Options = {}): BuildConfig {
  return { service, bundle, build: { dockerfile: "Dockerfile", context: ".", args: {}, ...build } };
}

function prepare(root: string, options: Options = {}) {
  return prepareContext(root, configFor(options));
}

/** Prepares the context of a service, after a change to its folder. */
async function prepared(files: Files, change: Change = () => undefined, options: Options = {}) {
  const root = folderWith(files);
  await change(join(root, "app"));
  return { root, ...(await prepare(root, options)) };
}

async function tagOf(files: Files, change?: Change, options?: Options): Promise<string> {
  return (await prepared(files, change, options)).tag;
}

/** The paths that are sent. Folders end with a slash. */
function sent(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => (lstatSync(join(folder, path)).isDirectory() ? `${path}/` : path))
    .sort();
}

describe("the build context", () => {
  it("is a copy of the folder, named after its tag, with our label in the Dockerfile", async () => {
    const { folder, dockerfile, tag } = await prepared(plain);
    assert.match(tag, /^[0-9a-f]{12}$/);
    assert.equal(basename(folder), tag);
    assert.equal(dockerfile, join(folder, "Dockerfile"));
    assert.deepEqual(sent(folder), ["Dockerfile", "lib/", "lib/a.js", "server.js"]);
    const text = `${plain["app/Dockerfile"]}\nLABEL koa-on-minikube.release="${tag}"\n`;
    assert.equal(readFileSync(dockerfile, "utf8"), text);
  });

  it("keeps times, and has modes that don't depend on the umask", async () => {
    const { folder } = await prepared({ ...plain, "app/run": "" }, (app) => {
      chmodSync(join(app, "server.js"), 0o600);
      chmodSync(join(app, "run"), 0o4700);
      chmodSync(join(app, "lib"), 0o700);
      utimesSync(join(app, "server.js"), 1, 1);
    });
    const modes = ["server.js", "run", "lib", "Dockerfile"].map((name) => statSync(join(folder, name)).mode);
    assert.deepEqual(
      modes.map((mode) => mode & 0o7777),
      [0o644, 0o755, 0o755, 0o644],
    );
    assert.equal(statSync(join(folder, "server.js")).mtimeMs, 1000);
  });

  it("has the same tag in another checkout, at another time, under another umask", async () => {
    const other = await tagOf(plain, (app) => {
      chmodSync(join(app, "server.js"), 0o600);
      chmodSync(join(app, "lib"), 0o700);
      utimesSync(join(app, "server.js"), 1, 1);
    });
    assert.equal(other, await tagOf(plain));
  });

  const changes: Record<string, Change> = {
    "other content": (app) => writeFileSync(join(app, "lib/a.js"), "b"),
    "another name": (app) => cpSync(join(app, "server.js"), join(app, "server2.js")),
    "content that moved to another file": (app) => {
      writeFileSync(join(app, "server.js"), "a");
      writeFileSync(join(app, "lib/a.js"), "1");
    },
    "another Dockerfile": (app) => writeFileSync(join(app, "Dockerfile"), "FROM scratch\n"),
    "a file that can be executed": (app) => chmodSync(join(app, "server.js"), 0o755),
    "an empty folder": (app) => mkdirSync(join(app, "data")),
    "a file that became a link": (app) => {
      rmSync(join(app, "lib/a.js"));
      symlinkSync("../server.js", join(app, "lib/a.js"));
    },
  };
  for (const [what, change] of Object.entries(changes)) {
    it(`has another tag for ${what}`, async () => {
      assert.notEqual(await tagOf(plain, change), await tagOf(plain));
    });
  }

  it("keeps links as they are, also broken ones", async () => {
    const { folder } = await prepared(plain, (app) => symlinkSync("nowhere", join(app, "link")));
    assert.equal(readlinkSync(join(folder, "link")), "nowhere");
  });

  it("reads the file that a linked Dockerfile leads to", async () => {
    const files = { ...plain, "docker/D": "FROM scratch\n" };
    const link = (text: string) => (app: string) => {
      rmSync(join(app, "Dockerfile"));
      symlinkSync("../docker/D", join(app, "Dockerfile"));
      writeFileSync(join(app, "../docker/D"), text);
    };
    const { folder, tag } = await prepared(files, link("FROM scratch\nENV A=1\n"));
    assert.match(readFileSync(join(folder, "Dockerfile"), "utf8"), /ENV A=1/);
    assert.notEqual(tag, await tagOf(files, link("FROM scratch\nENV A=2\n")));
  });

  it("leaves out git's own folder, unless .dockerignore asks for it", async () => {
    const git = { ...plain, "app/.git/HEAD": "1", "app/lib/.git": "gitdir: x", "app/.gitignore": "a" };
    const { folder, tag } = await prepared(git);
    assert.deepEqual(sent(folder), [".gitignore", "Dockerfile", "lib/", "lib/a.js", "server.js"]);
    assert.equal(await tagOf({ ...git, "app/.git/HEAD": "2" }), tag);
    const asked = { ...git, "app/.dockerignore": "!.git" };
    assert.notEqual(await tagOf(asked), await tagOf({ ...asked, "app/.git/HEAD": "2" }));
  });

  it("accepts an absolute folder, and the folder of the project", async () => {
    const root = folderWith({ ...plain, Dockerfile: "FROM scratch\n", "x.js": "" });
    const { tag } = await prepare(root);
    assert.equal((await prepare(root, { service: join(root, "app") })).tag, tag);
    const whole = await prepare(root, { service: "." });
    assert.equal((await prepare(root, { service: "." })).tag, whole.tag); // .build is no part of it
    assert.ok(sent(whole.folder).includes("x.js"));
  });

  it("skips a socket, as Docker does", async () => {
    const server = createServer();
    const withSocket = (app: string) =>
      new Promise<void>((resolve) => server.listen(join(app, "dev.sock"), resolve));
    try {
      const { folder } = await prepared(plain, withSocket);
      assert.ok(!sent(folder).includes("dev.sock"));
    } finally {
      server.close();
    }
  });

  it("names everything that can't be part of an image", async () => {
    const odd = (app: string) => {
      execFileSync("mkfifo", [join(app, "pipe")]);
      writeFileSync(Buffer.concat([Buffer.from(`${app}/lib/`), Buffer.from([0x66, 0xff])]), "");
    };
    const message = await refusal(prepared(plain, odd));
    assert.match(message, /lib\/f\ufffd has a name that isn't UTF-8[^]*pipe is neither a file, a folder nor/);
    const { tag } = await prepared({ ...plain, "app/.dockerignore": "pipe\nlib/f*" }, odd);
    assert.equal(tag, await tagOf(plain));
  });

  it("names a file that can't be read", async function () {
    if (process.getuid?.() !== 0) this.skip();
    const secret = (app: string) => writeFileSync(join(app, "secret"), "", { mode: 0o600 });
    const root = folderWith(plain);
    chmodSync(root, 0o777);
    secret(join(root, "app"));
    process.seteuid?.(65_534);
    try {
      assert.match(await refusal(prepare(root)), /secret can't be read: EACCES[^]*dockerignore/);
    } finally {
      process.seteuid?.(0);
    }
  });

  it("warns of a large file, by its name", async () => {
    const { warnings } = await prepared(plain, (app) => {
      writeFileSync(join(app, "dump.bin"), "");
      truncateSync(join(app, "dump.bin"), 101_000_000);
    });
    assert.match(warnings.join("\n"), /101 MB; its largest file, dump\.bin, has 101 MB/);
  });

  it("is removed once it hasn't been used for an hour", async () => {
    const { root, tag, folder } = await prepared(
      { ...plain, ".build/contexts/old/main.js": "", ".build/compiled/x": "" },
      (app) => ["contexts/old", "compiled"].forEach((name) => utimesSync(join(app, "../.build", name), 1, 1)),
    );
    assert.deepEqual(readdirSync(join(root, ".build/contexts")), [tag]);
    assert.ok(existsSync(join(root, ".build/compiled")));
    utimesSync(folder, 1, 1);
    assert.equal((await prepare(root)).tag, tag);
    assert.deepEqual(sent(folder), ["Dockerfile", "lib/", "lib/a.js", "server.js"]);
  });

  it("is the one that a command has passed, although a file has changed since, unless its folder is gone", async () => {
    const root = folderWith(plain);
    const before = await prepare(root);
    const env = { [BUILD_CONTEXT]: JSON.stringify(before) };
    writeFileSync(join(root, "app/server.js"), "2");
    assert.equal((await passedContext(env, root, configFor())).folder, before.folder);
    rmSync(before.folder, { recursive: true });
    const after = await passedContext(env, root, configFor());
    assert.notEqual(after.tag, before.tag);
    assert.equal((await passedContext({}, root, configFor())).tag, after.tag);
  });

  it("can be prepared by several runs at once", async () => {
    const root = folderWith(plain);
    const contexts = await Promise.all(Array.from({ length: 8 }, () => prepare(root)));
    assert.equal(new Set(contexts.map(({ folder }) => folder)).size, 1);
    assert.equal(readdirSync(join(root, ".build/contexts")).length, 1);
  });

  it("needs its folder, and a Dockerfile in it", async () => {
    const root = folderWith({ "app/server.js": "" });
    assert.match(
      await refusal(prepare(root, { service: "nowhere" })),
      /service, nowhere, doesn't exist[^]*service FOLDER/,
    );
    assert.match(await refusal(prepare(root)), /service, app, has no Dockerfile/);
    assert.match(await refusal(prepare(root, { dockerfile: "D" })), /has no D\.[^]*build\.dockerfile FILE/);
    assert.match(
      await refusal(prepare(root, { context: "../x" })),
      /context doesn't exist[^]*build\.context/,
    );
  });

  it("refuses a folder or a FIFO as a Dockerfile", async () => {
    assert.match(await refusal(prepare(folderWith({ "app/Dockerfile/x": "" }))), /app, has no Dockerfile/);
    const root = folderWith({ "app/x": "" });
    execFileSync("mkfifo", [join(root, "app/Dockerfile")]);
    assert.match(await refusal(prepare(root)), /app, has no Dockerfile/);
  });

  describe("with a .dockerignore", () => {
    // The results of github.com/moby/patternmatcher 0.6.1 for the same patterns and paths.
    const cases: [dockerignore: string, names: string[], kept: string[]][] = [
      ["", ["a", "b/c"], ["a", "b/c"]],
      ["# a\n\n", ["a", "#b"], ["#b", "a"]],
      ["*.md", ["a.md", "b/a.md", "c.MD"], ["b/a.md", "c.MD"]],
      ["**/*.md", ["a.md", "b/a.md", "b/c/a.md"], []],
      ["/b", ["b/c", "a/b"], ["a/b"]],
      ["b/", ["b/c/d", "bc"], ["bc"]],
      ["./b", ["b/c"], []],
      ["b\n!b/keep", ["b/c", "b/keep"], ["b/keep"]],
      ["b\n!b/keep", ["b/d/keep"], []],
      ["!b/keep\nb", ["b/keep"], []],
      ["*\n!a", ["a", "b", "c/d"], ["a"]],
      ["*\n!**/*.js", ["a.js", "b/a.js", "b/c/a.js", "b/a.ts"], ["a.js", "b/a.js", "b/c/a.js"]],
      ["**\n!a", ["a/b", "b"], ["a/b"]],
      ["a?", ["ab", "abc"], ["abc"]],
      ["  b  ", ["b/c"], []],
      ["[!a]c", ["ac", "bc", "!c"], ["bc"]],
      ["[^a]c", ["ac", "bc"], ["ac"]],
      ["[a-c].txt", ["a.txt", "d.txt"], ["d.txt"]],
      ["(group)", ["(group)/a", "group/a"], ["group/a"]],
      ["a+b\nc{d,e}", ["a+b", "aab", "c{d,e}", "cd"], ["aab", "cd"]],
      ["\\#a\n\\!b\nc\\*", ["#a", "!b", "c*", "cd"], ["cd"]],
      ["\ufeffa\r\nb\r\n", ["a", "b"], []],
      ["a/**\n!a/b", ["a/c", "a/b/c"], ["a/b/c"]],
      ["a//b\n../c", ["a/b", "c"], ["c"]],
      ["B", ["b/B", "B"], ["b/B"]],
    ];
    for (const [dockerignore, names, kept] of cases) {
      it(JSON.stringify(dockerignore), async () => {
        const files = Object.fromEntries(names.map((name) => [`app/${name}`, ""]));
        const { folder } = await prepared({
          ...files,
          "app/Dockerfile": "FROM scratch\n",
          "app/.dockerignore": dockerignore,
        });
        const found = sent(folder).filter((path) => path !== "Dockerfile" && !path.endsWith("/"));
        assert.deepEqual(found, kept);
      });
    }

    it("always has its Dockerfile", async () => {
      const ignoring = { ...plain, "app/.dockerignore": "*" };
      assert.deepEqual(sent((await prepared(ignoring)).folder), ["Dockerfile"]);
      assert.notEqual(await tagOf({ ...ignoring, "app/Dockerfile": "FROM x" }), await tagOf(ignoring));
    });

    it("prefers Dockerfile.dockerignore", async () => {
      const files = { ...plain, "app/.dockerignore": "lib", "app/Dockerfile.dockerignore": "server.js" };
      assert.deepEqual(sent((await prepared(files)).folder), ["Dockerfile", "lib/", "lib/a.js"]);
    });

    it("isn't treated as missing if it can't be read", async () => {
      const files = { ...plain, "app/.dockerignore/x": "" };
      assert.match(await refusal(prepared(files)), /can't be read: EISDIR[^]*app\/\.dockerignore/);
    });

    it("names a malformed pattern", async () => {
      const message = await refusal(prepared({ ...plain, "app/.dockerignore": "lib\na[" }));
      assert.match(message, /The pattern a\[ is malformed[^]*app\/\.dockerignore/);
    });
  });

  describe("with settings in config", () => {
    const monorepo = {
      "packages/shared/index.js": "",
      "packages/app/Dockerfile": "FROM scratch AS dev\nRUN false\nFROM scratch AS Prod\nCOPY . .\n",
      "packages/app/Dockerfile.test": "FROM scratch\n",
      "docker/D": "FROM scratch\nARG A\n",
    };
    const monorepoTag = (options: Options) =>
      tagOf(monorepo, undefined, { service: "packages/app", ...options });

    it("can be another folder than the Dockerfile's", async () => {
      const options = { service: "packages/app", context: "../.." };
      const { folder, dockerfile } = await prepared(monorepo, undefined, options);
      assert.equal(dockerfile, join(folder, "packages/app/Dockerfile"));
      assert.ok(sent(folder).includes("packages/shared/index.js"));
    });

    it("can have another Dockerfile, also one from outside", async () => {
      const inside = { service: "packages/app", dockerfile: "Dockerfile.test" };
      const { folder, dockerfile } = await prepared(monorepo, undefined, inside);
      assert.equal(dockerfile, join(folder, "Dockerfile.test"));
      const outside = await prepared(monorepo, undefined, { ...inside, dockerfile: "../../docker/D" });
      assert.match(readFileSync(outside.dockerfile, "utf8"), /ARG A\n\nLABEL koa-on-minikube/);
      assert.equal(join(outside.dockerfile, ".."), outside.folder);
    });

    it("has another tag for another target or argument, and not for another order of arguments", async () => {
      const tags = [
        await monorepoTag({}),
        await monorepoTag({ target: "prod" }),
        await monorepoTag({ args: { A: "1", B: "2" } }),
        await monorepoTag({ args: { A: "2", B: "1" } }),
      ];
      assert.equal(new Set(tags).size, tags.length);
      assert.equal(await monorepoTag({ args: { B: "2", A: "1" } }), tags[2]);
    });

    it("has our label in the stage that is built", async () => {
      const options = { service: "packages/app", target: "DEV" };
      const { dockerfile, tag } = await prepared(monorepo, undefined, options);
      const label = `LABEL koa-on-minikube.release="${tag}"`;
      const text = readFileSync(dockerfile, "utf8");
      assert.equal(text, `FROM scratch AS dev\nRUN false\n${label}\nFROM scratch AS Prod\nCOPY . .\n`);
    });

    it("needs a target that the Dockerfile has", async () => {
      const message = await refusal(prepared(monorepo, undefined, { service: "packages/app", target: "x" }));
      assert.match(message, /no stage x\.[^]*build\.target[^]*dev, Prod/);
    });
  });

  describe("with our label", () => {
    const labels: Record<string, [dockerfile: string, before: string]> = {
      "after an instruction that the end of the file cuts off": ["FROM a\nCMD b \\\n", "FROM a\nCMD b \n"],
      "after a comment in such an instruction": ["FROM a\nCMD b \\\n# c\n", "FROM a\nCMD b \n"],
      "after another escape character": ["# escape=`\nFROM a\nCMD b `\n", "# escape=`\nFROM a\nCMD b \n"],
      "after a heredoc with a FROM in it": [
        "FROM a\nCOPY <<E /f\nFROM b\nE",
        "FROM a\nCOPY <<E /f\nFROM b\nE\n",
      ],
    };
    for (const [what, [dockerfile, before]] of Object.entries(labels)) {
      it(what, async () => {
        const context = await prepared({ ...plain, "app/Dockerfile": dockerfile });
        const label = `LABEL koa-on-minikube.release="${context.tag}"\n`;
        assert.equal(readFileSync(context.dockerfile, "utf8"), before + label);
      });
    }
  });

  describe("of a bundled service", () => {
    const bundle = { bundle: true };

    it("is the Dockerfile and one file with all the code", async () => {
      const { folder } = await prepared(bundled, undefined, bundle);
      assert.deepEqual(sent(folder), ["Dockerfile", "main.js"]);
      const code = readFileSync(join(folder, "main.js"), "utf8");
      assert.match(code, /hello/);
      assert.doesNotMatch(code, /nobody asks for me/);
    });

    it("is bundled only if config says so, or if it is the project's own", async () => {
      assert.ok(sent((await prepared(bundled)).folder).includes("main.ts"));
      const own = folderWith(bundled);
      renameSync(join(own, "app"), join(own, "service"));
      assert.deepEqual(sent((await prepare(own, { service: "service" })).folder), ["Dockerfile", "main.js"]);
      const asItIs = await prepare(own, { service: "service", bundle: false });
      assert.ok(sent(asItIs.folder).includes("main.ts"));
    });

    it("has the same bytes in another checkout", async () => {
      const [one, other] = [
        await prepared(bundled, undefined, bundle),
        await prepared(bundled, undefined, bundle),
      ];
      assert.equal(one.tag, other.tag);
      assert.notEqual(one.folder, other.folder);
    });

    it("has another tag for other code, and the same one for another comment", async () => {
      const before = await tagOf(bundled, undefined, bundle);
      const other = { ...bundled, "app/word.ts": 'export const word = "bye";' };
      const comment = { ...bundled, "app/word.ts": `${bundled["app/word.ts"]}// !` };
      assert.notEqual(await tagOf(other, undefined, bundle), before);
      assert.equal(await tagOf(comment, undefined, bundle), before);
    });

    it("names the line that can't be bundled, and says that main.ts is missing", async () => {
      const broken = { ...bundled, "app/word.ts": "export const = 1" };
      const message = await refusal(prepared(broken, undefined, bundle));
      assert.match(message, /can't be bundled: Expected identifier[^]*word\.ts:1:13/);
      assert.match(
        await refusal(prepared(plain, undefined, bundle)),
        /no main\.ts to bundle[^]*bundle false/,
      );
    });

    it("passes on the compiler's warnings", async () => {
      const main = "process.stdout.write(JSON.stringify({ a: 1, a: 2 }));\n";
      const { warnings } = await prepared({ ...bundled, "app/main.ts": main }, undefined, bundle);
      assert.match(warnings.join("\n"), /main\.ts:1:\d+: Duplicate key "a"/);
    });
  });
});
