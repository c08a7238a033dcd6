import assert from "node:assert/strict";
import { join } from "node:path";
import { fromModules } from "../../../toolchain/offline";
import { CommandError } from "../../../toolchain/command";
import type { Tool } from "../../../toolchain/tool";
import { namesIn, useSandbox } from "../../support/sandbox";
import { sourceOf, thing } from "../../support/example-tool";

const tool: Tool = {
  ...thing,
  executables: ["thing", "helper"],
  modules: [
    {
      folder: "etcd",
      packages: { thing: "example.org/thing", helper: "example.org/helper" },
      variables: { "example.org/version.Version": "v1.2.3" },
      tags: "small",
    },
  ],
};

describe("a tool's Go module", () => {
  const sandbox = useSandbox();
  const parent = () => join(sandbox().machine.cacheDir, "tools", "thing");

  /** A `go` that notes its calls. `build` runs before it writes the executable. */
  function go(version: string, build = ""): void {
    sandbox().script(
      "go",
      `if [ "$1" = env ]; then echo ${version}; exit; fi
       echo "$PWD $GOTOOLCHAIN $GOFLAGS $GOWORK $GO111MODULE $GOARCH $CGO_ENABLED $*" >>${sandbox().root}/calls
       builds=$(wc -l <${sandbox().root}/calls)
       while [ "$1" != -o ]; do shift; done
       ${build}
       cp "$0" "$2"`,
    );
  }

  function get(declared = tool) {
    return fromModules(declared, sandbox().machine, sandbox().say);
  }

  it("is built completely, as pinned, whatever the user's Go settings are", async () => {
    go("go1.26.2", "echo example.org/dependency >&2");
    Object.assign(sandbox().machine.env, {
      GOFLAGS: "-mod=mod",
      GOWORK: "/somewhere",
      GO111MODULE: "off",
      GOARCH: "wasm",
    });
    const dir = join(parent(), "1.2.3");
    assert.deepEqual(await get(), { name: "thing", version: "1.2.3", source: "Go module", dir });
    assert.deepEqual(namesIn(parent()), ["1.2.3"]);
    assert.deepEqual(namesIn(dir), ["helper", "thing"]);
    const calls = sandbox().lines("calls");
    assert.equal(calls.length, 2);
    assert.match(
      calls[0] ?? "",
      /toolchain\/offline\/modules\/etcd local -mod=readonly off on amd64 0 build -v -trimpath -ldflags -s -w -X example\.org\/version\.Version=v1\.2\.3 -tags small -o \S+\/thing example\.org\/thing$/,
    );
    assert.match(sandbox().said[1] ?? "", /^building from source, 2 packages compiled, now example\.org/);
  });

  it("lays a release's scripts beside the executables", async () => {
    sandbox().file(join(sandbox().root, "module", "scripts", "run-thing"), "#!/bin/sh\n");
    sandbox().script(
      "go",
      `case $1 in
         env) echo go1.27.0 ;;
         list) echo ${sandbox().root}/module ;;
         build) while [ "$1" != -o ]; do shift; done; cp "$0" "$2" ;;
       esac`,
    );
    const scripts = { module: "example.org", files: ["scripts/run-thing"] };
    const module = { folder: "etcd", packages: { thing: "." }, scripts };
    await get({ ...thing, modules: [module] });
    assert.deepEqual(namesIn(join(parent(), "1.2.3")), ["run-thing", "thing"]);
  });

  it("is not built if Go is missing, too old, or doesn't report its version", async () => {
    assert.equal(await get(), "Go (>=1.26.2) is not on PATH: https://go.dev/dl");
    go("go1.25.9");
    assert.equal(await get(), "Go on PATH is 1.25.9, not >=1.26.2: https://go.dev/dl");
    go("?");
    assert.equal(await get(), "Go on PATH is unknown, not >=1.26.2: https://go.dev/dl");
    assert.deepEqual(namesIn(parent()), []);
  });

  it("is tried once more if a registry answered with an error", async () => {
    const answer = "go: example.org/a@v1.0.0: reading https://example.org/a.zip: 502 Bad Gateway";
    go("go1.27.0", `if [ "$builds" -eq 1 ]; then echo "${answer}" >&2; echo "after it" >&2; exit 1; fi`);
    assert.equal(sourceOf(await get()), "Go module");
    assert.equal(sandbox().lines("calls").length, 3);
    assert.deepEqual(sandbox().notices, [`thing: ${answer}; trying once more`]);
  });

  it("is given up if that happens again, with Go's own error, and leaves no file behind", async () => {
    go("go1.27.0", 'echo "dial tcp: i/o timeout" >&2; exit 1');
    await assert.rejects(get(), (error: Error) => {
      assert.ok(error instanceof CommandError);
      assert.match(error.message, /^go build .* ended with exit code 1\ndial tcp: i\/o timeout$/);
      return true;
    });
    assert.equal(sandbox().lines("calls").length, 2);
    assert.deepEqual(namesIn(parent()), []);
  });

  it("is not tried again for any other reason, whatever its packages are called", async () => {
    go(
      "go1.27.0",
      `[ "$builds" -eq 1 ] || { printf '%s\\n' 'go: downloading example.org/timeout v1.0.0' example.org/timeout '# example.org/a' 'a.go:500:2: undefined: b' >&2; exit 1; }`,
    );
    await assert.rejects(get(), /a\.go:500:2: undefined: b$/);
    assert.equal(sandbox().lines("calls").length, 2);
    assert.deepEqual(sandbox().notices, []);
    assert.deepEqual(namesIn(parent()), [], "the first executable is not laid without the second");
  });
});
