import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { checksumFor, fromRelease } from "../../../toolchain/acquire/release";
import type { Release } from "../../../toolchain/tool";
import { brokenOff, useServer } from "../../support/file-server";
import { namesIn, useSandbox } from "../../support/sandbox";
import { executable, hashOf, publishArchive, publishBare, sourceOf, thing } from "../../support/example-tool";

describe("a tool's release", () => {
  const sandbox = useSandbox();
  const server = useServer();
  const parent = () => join(sandbox().machine.cacheDir, "tools", "thing");

  function get(release: Release | undefined, tool = thing) {
    const declared = release === undefined ? tool : { ...tool, release: () => release };
    return fromRelease(declared, sandbox().machine, sandbox().say);
  }

  function installed(names: readonly string[]): void {
    assert.deepEqual(namesIn(parent()), ["1.2.3"]);
    assert.deepEqual(namesIn(join(parent(), "1.2.3")), names);
  }

  async function refused(release: Release, why: RegExp): Promise<void> {
    assert.match(sourceOf(await get(release)) ?? "", why);
    assert.deepEqual(namesIn(parent()), [], "nothing is left");
  }

  it("is installed as it is if it is a bare executable", async () => {
    const dir = join(parent(), "1.2.3");
    assert.deepEqual(await get(publishBare(server())), {
      name: "thing",
      version: "1.2.3",
      source: "release",
      dir,
    });
    installed(["thing"]);
    assert.equal(statSync(join(dir, "thing")).mode & 0o777, 0o755);
  });

  it("is unpacked without its leading folders if it is an archive", async () => {
    sandbox().script("tar", 'exec tar "$@"');
    const release = publishArchive(server(), sandbox().root, ["thing", "helper"]);
    const found = await get(release, { ...thing, executables: ["thing", "helper"] });
    assert.equal(sourceOf(found), "release");
    installed(["helper", "thing"]);
  });

  it("is refused if the archive lacks an executable", async () => {
    sandbox().script("tar", 'exec tar "$@"');
    await refused(publishArchive(server(), sandbox().root, ["other"]), /thing\.tar\.gz does not hold thing$/);
  });

  it("is refused if its checksum differs", async () => {
    const release = publishBare(server());
    server().answers["/thing"] = `${executable}rm -rf ~`;
    await refused(release, /\/thing does not match its publisher's checksum$/);
  });

  it("is refused if it is cut short, whether or not the server says its length", async () => {
    const release = publishBare(server());
    server().answers["/thing"] = brokenOff(executable);
    await refused(release, /\/thing broke off \(other side closed\)$/);
    server().answers["/thing"] = executable.slice(0, -1);
    await refused(release, /does not match/);
  });

  it("is refused if there is no such file, or the list of checksums doesn't name it", async () => {
    const release = publishBare(server());
    server().answers["/thing.sha256"] = `${hashOf(executable)}  another\n`;
    await refused(release, /thing\.sha256 does not name thing$/);
    delete server().answers["/thing"];
    server().answers["/thing.sha256"] = hashOf(executable);
    await refused(release, /\/thing answered 404$/);
  });

  it("is refused each time if nothing listens", async () => {
    const release = publishBare(server());
    const { host } = new URL(server().url);
    server().stop();
    const why = new RegExp(`^${host} can't be reached .*ECONNREFUSED`);
    await refused(release, why);
    await refused(release, why);
  });

  it("is passed over silently if none is published", async () => {
    assert.equal(await get(undefined), undefined);
  });
});

describe("a list of checksums", () => {
  const sha1 = hashOf("a", "sha1");
  const sha256 = hashOf("a");
  const sha512 = hashOf("a", "sha512");
  const table: readonly (readonly [how: string, list: string, expected: string | undefined])[] = [
    ["a bare one", `${sha256}\n`, sha256],
    ["a bare SHA-1", sha1, sha1],
    ["a bare SHA-512, in capitals", sha512.toUpperCase(), sha512],
    ["lines of checksum and name", `${sha1}  other\n${sha256}  thing\n`, sha256],
    ["names as sha256sum -b writes them", `${sha1} *./other\r\n${sha256} *./thing\r\n`, sha256],
    ["one line, of another file", `${sha256}  other\n`, undefined],
    ["two bare ones", `${sha256}\n${sha256}\n`, undefined],
    ["a page in HTML", "<html>\n", undefined],
    ["nothing", "", undefined],
  ];
  for (const [how, list, expected] of table) {
    it(`is read if it is ${how}`, () => assert.equal(checksumFor("thing", list), expected));
  }
});
