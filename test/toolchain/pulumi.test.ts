import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ensurePulumi } from "../../toolchain/pulumi";
import { VERSIONS } from "../../toolchain/tools";
import { namesIn, useSandbox } from "../support/sandbox";

describe("the Pulumi CLI", () => {
  const sandbox = useSandbox();
  const home = () => join(sandbox().machine.pulumiHome, "versions", VERSIONS.pulumi, "bin");

  function onPath(version: string): void {
    sandbox().script("pulumi", `echo v${version}`);
    sandbox().script("pulumi-language-nodejs", "");
  }

  it("that is on PATH is copied to where npx pulumi looks, once", async () => {
    onPath(VERSIONS.pulumi);
    const found = { name: "pulumi", version: VERSIONS.pulumi, source: "PATH", dir: home() };
    assert.deepEqual(await ensurePulumi(sandbox().machine, sandbox().say), found);
    assert.deepEqual(namesIn(home()), ["pulumi", "pulumi-language-nodejs"]);
    // An update of the one on PATH does not reach the copy, which is of this version for good.
    onPath("3.999.0");
    const later = await ensurePulumi(sandbox().machine, sandbox().say);
    assert.deepEqual([later.source, later.version], ["cache", VERSIONS.pulumi]);
    assert.match(readFileSync(join(home(), "pulumi"), "utf8"), new RegExp(`echo v${VERSIONS.pulumi}`));
  });

  it("that npx pulumi has downloaded is used as it is", async () => {
    for (const name of ["pulumi", "pulumi-language-nodejs"]) sandbox().script(name, "", home());
    const { source, dir } = await ensurePulumi(sandbox().machine, sandbox().say);
    assert.deepEqual([source, dir], ["cache", home()]);
  });
});
