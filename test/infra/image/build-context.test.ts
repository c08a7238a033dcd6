import assert from "node:assert/strict";
import {
  chmodSync,
  cpSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { prepareContext } from "../../../infra/image/build-context";
import { folderWith } from "../../support/folder";
import { refusal } from "../../support/problems";

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

function prepare(root: string) {
  return prepareContext(root, "app", join(root, ".build"));
}

/** The tag of a service, after a change to its folder. */
async function tagOf(
  files: Readonly<Record<string, string>>,
  change: (app: string) => void = () => undefined,
) {
  const root = folderWith(files);
  change(join(root, "app"));
  return (await prepare(root)).tag;
}

describe("the build context", () => {
  describe("of any folder", () => {
    it("is the folder itself", async () => {
      const root = folderWith(plain);
      const { folder, dockerfile, tag } = await prepare(root);
      assert.equal(folder, join(root, "app"));
      assert.equal(dockerfile, join(root, "app/Dockerfile"));
      assert.match(tag, /^[0-9a-f]{12}$/);
      assert.deepEqual(readdirSync(root), ["app"]);
    });

    it("has the same tag in another checkout, at another time, under another umask", async () => {
      const other = await tagOf(plain, (app) => {
        chmodSync(join(app, "server.js"), 0o600);
        utimesSync(join(app, "server.js"), 1, 1);
      });
      assert.equal(other, await tagOf(plain));
    });

    const changes: Record<string, (app: string) => void> = {
      "other content": (app) => writeFileSync(join(app, "lib/a.js"), "b"),
      "another name": (app) => cpSync(join(app, "server.js"), join(app, "server2.js")),
      "content that moved to another file": (app) => {
        writeFileSync(join(app, "server.js"), "a");
        writeFileSync(join(app, "lib/a.js"), "1");
      },
      "another Dockerfile": (app) => writeFileSync(join(app, "Dockerfile"), "FROM scratch\n"),
      "a file that can be executed": (app) => chmodSync(join(app, "server.js"), 0o755),
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

    it("doesn't exist", async () => {
      const message = await refusal(prepareContext(folderWith({}), "nowhere", "/unused"));
      assert.match(message, /service, nowhere, doesn't exist[^]*config set service/);
    });

    it("has no Dockerfile", async () => {
      assert.match(
        await refusal(prepare(folderWith({ "app/server.js": "" }))),
        /service, app, has no Dockerfile/,
      );
    });
  });

  describe("with a .dockerignore", () => {
    /** Which of the files matter to the tag? */
    async function matter(dockerignore: string, names: readonly string[]): Promise<string[]> {
      const files = { ...plain, "app/.dockerignore": dockerignore };
      const before = await tagOf({ ...files, ...contents(names, "1") });
      const tags = await Promise.all(names.map((name) => tagOf({ ...files, ...contents(names, "1", name) })));
      return names.filter((_, index) => tags[index] !== before);
    }

    function contents(names: readonly string[], content: string, changed?: string) {
      return Object.fromEntries(names.map((name) => [`app/${name}`, name === changed ? "changed" : content]));
    }

    const cases: [dockerignore: string, names: string[], matter: string[]][] = [
      ["", ["a", "b/c"], ["a", "b/c"]],
      ["# a\n\n", ["a", "#b"], ["a", "#b"]],
      ["*.md", ["a.md", "b/a.md", "c.MD"], ["b/a.md", "c.MD"]],
      ["**/*.md", ["a.md", "b/a.md", "b/c/a.md"], []],
      ["/b", ["b/c", "a/b"], ["a/b"]],
      ["b/", ["b/c/d", "bc"], ["bc"]],
      ["./b", ["b/c"], []],
      ["b\n!b/keep", ["b/c", "b/keep", "b/d/keep"], ["b/keep"]],
      ["!b/keep\nb", ["b/keep"], []],
      ["*\n!a", ["a", "b", "c/d"], ["a"]],
      ["a?", ["ab", "abc"], ["abc"]],
      ["  b  ", ["b/c"], []],
    ];
    for (const [dockerignore, names, expected] of cases) {
      it(JSON.stringify(dockerignore), async () => {
        assert.deepEqual(await matter(dockerignore, names), expected);
      });
    }

    it("always has its Dockerfile", async () => {
      const ignoring = { ...plain, "app/.dockerignore": "*" };
      assert.notEqual(await tagOf({ ...ignoring, "app/Dockerfile": "FROM x" }), await tagOf(ignoring));
    });

    it("prefers Dockerfile.dockerignore", async () => {
      const files = { ...plain, "app/.dockerignore": "lib", "app/Dockerfile.dockerignore": "server.js" };
      assert.notEqual(await tagOf({ ...files, "app/lib/a.js": "b" }), await tagOf(files));
      assert.equal(await tagOf({ ...files, "app/server.js": "2" }), await tagOf(files));
    });
  });

  describe("of a folder with a main.ts", () => {
    it("is the Dockerfile and one file that is all the code", async () => {
      const root = folderWith(bundled);
      const { folder, tag } = await prepare(root);
      assert.deepEqual(readdirSync(folder).sort(), ["Dockerfile", "main.js"]);
      const code = readFileSync(join(folder, "main.js"), "utf8");
      assert.match(code, /hello/);
      assert.doesNotMatch(code, /nobody asks for me/);
      assert.deepEqual(readdirSync(join(root, ".build")), [basename(folder)]);
      assert.equal(basename(folder), tag);
    });

    it("has the same bytes in another checkout", async () => {
      const [one, other] = [await prepare(folderWith(bundled)), await prepare(folderWith(bundled))];
      assert.equal(one.tag, other.tag);
      assert.notEqual(one.folder, other.folder);
    });

    it("has another tag for other code, and the same one for another comment", async () => {
      const before = await tagOf(bundled);
      assert.notEqual(await tagOf({ ...bundled, "app/word.ts": 'export const word = "bye";' }), before);
      assert.equal(await tagOf({ ...bundled, "app/word.ts": `${bundled["app/word.ts"]}// !` }), before);
    });

    it("can be made by several runs at a time", async () => {
      const root = folderWith(bundled);
      const contexts = await Promise.all(Array.from({ length: 8 }, () => prepare(root)));
      assert.equal(new Set(contexts.map(({ folder }) => folder)).size, 1);
      assert.equal(readdirSync(join(root, ".build")).length, 1);
    });

    it("is cleared away when it has been of no use for a day", async () => {
      const root = folderWith({ ...bundled, ".build/old/main.js": "" });
      utimesSync(join(root, ".build/old"), 1, 1);
      const { tag } = await prepare(root);
      assert.deepEqual(readdirSync(join(root, ".build")), [tag]);
    });

    it("says where the code can't be bundled", async () => {
      const message = await refusal(prepare(folderWith({ ...bundled, "app/word.ts": "export const = 1" })));
      assert.match(message, /can't be bundled: Expected identifier[^]*word\.ts:1:13/);
    });
  });
});
