import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { LoadedStore, loadCommands } from "../../../cluster/images/loaded-store";
import type { ImageStore } from "../../../cluster/images/store";
import { folderWith } from "../../support/folder";
import { refusal } from "../../support/problems";

/** The images that a node has, as `crictl images -o json` prints them. */
function listOf(...names: string[]): string {
  return JSON.stringify({ images: names.map((name) => ({ repoTags: [name] })) });
}

/** A fake docker whose containers are folders: `images` has crictl's output, and a loaded image is written to `loaded`. */
const DOCKER = `#!/bin/sh
cd "$(dirname "$0")/.."
case "$1 $2" in
  save*) echo "archive of $2" ;;
  "exec -i") [ -e "$3/images" ] || { echo "container $3 is not running" >&2; exit 1; }; cat >"$3/loaded" ;;
  exec*) case "$4" in images) cat "$2/images" ;; rmi) echo "$5" >"$2/removed" ;; esac ;;
esac
`;

/** Nodes with these images, and a daemon with the images of these tags. */
function scene(built: readonly string[], nodes: Readonly<Record<string, readonly string[]>>) {
  const files = Object.entries(nodes).map(([name, images]) => [`${name}/images`, listOf(...images)]);
  const folder = folderWith({
    "bin/docker": DOCKER,
    ...(Object.fromEntries(files) as Record<string, string>),
  });
  const removed: string[] = [];
  const daemon: ImageStore = {
    builder: { host: "unix:///var/run/docker.sock" },
    pullPolicy: "Never",
    nameOf: (tag) => `api:${tag}`,
    imageOf: (tag) => Promise.resolve(`api:${tag}`),
    pullSecret: () => Promise.resolve(undefined),
    ensure: () => Promise.resolve(),
    tags: (among) => Promise.resolve(among.filter((tag) => built.includes(tag))),
    newestFirst: () => Promise.resolve([]),
    remove: (tag) => Promise.resolve(void removed.push(tag)),
  };
  const load = loadCommands["containerd"]!;
  const env = { ...process.env, PATH: `${join(folder, "bin")}${delimiter}${process.env["PATH"]}` };
  const running = Object.keys(nodes).map((name) => ({ name, load }));
  const read = (file: string) =>
    existsSync(join(folder, file)) ? readFileSync(join(folder, file), "utf8").trim() : undefined;
  return { store: new LoadedStore(daemon, running, env), removed, read };
}

describe("images that are loaded into nodes", () => {
  const full = "docker.io/library/api:aaa";

  it("are loaded into the nodes that lack them, and into no other", async () => {
    const { store, read } = scene(["aaa"], { one: [full], two: ["docker.io/library/api:bbb"], three: [] });
    await store.ensure("aaa");
    assert.deepEqual(
      [read("one/loaded"), read("two/loaded"), read("three/loaded")],
      [undefined, "archive of api:aaa", "archive of api:aaa"],
    );
  });

  it("exist if the daemon has them, or every node; similar names don't count", async () => {
    const nodes = {
      one: [full, "api:bbb", "example.org/api:ccc"],
      two: [full, "docker.io/library/my-api:bbb"],
    };
    const releases = ["aaa", "bbb", "ccc", "ddd"];
    assert.deepEqual(await scene(["ddd"], nodes).store.tags(releases), ["aaa", "ddd"]);
    assert.deepEqual(await scene(["ddd"], {}).store.tags(releases), ["ddd"]);
  });

  it("are removed from the daemon and from the nodes that have them", async () => {
    const { store, removed, read } = scene(["aaa"], { one: [full], two: [] });
    await store.remove("aaa");
    assert.deepEqual([removed, read("one/removed"), read("two/removed")], [["aaa"], "api:aaa", undefined]);
  });

  it("cause an error if a node refuses them, with the node's name and message", async () => {
    const { store } = scene(["aaa"], { one: [] });
    const broken = new LoadedStore(store, [{ name: "gone", load: [] }], {});
    assert.match(await refusal(broken.ensure("aaa")), /images of the node gone can't be listed/);
  });
});
