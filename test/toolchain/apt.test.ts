import assert from "node:assert/strict";
import { installPackages } from "../../toolchain/apt";
import { CommandError } from "../../toolchain/command";
import { useSandbox } from "../support/sandbox";

const UNREACHABLE = "E: Failed to fetch https://example.invalid/dists/stable/InRelease";

describe("installing packages", () => {
  const sandbox = useSandbox();

  /** An apt-get that notes its first word, and fails for the words given. */
  function apt(failing: string): void {
    sandbox().script("dpkg", "exit 0");
    sandbox().script(
      "apt-get",
      `echo "$1" >>${sandbox().root}/calls; case $1 in ${failing}) echo "${UNREACHABLE}" >&2; exit 100 ;; esac`,
    );
  }

  const install = () => installPackages(sandbox().machine, ["jq"], sandbox().say);

  it("updates the package lists first", async () => {
    apt("nothing");
    await install();
    assert.deepEqual([sandbox().lines("calls"), sandbox().notices], [["update", "install"], []]);
  });

  it("goes on if one source can't be reached, and says which", async () => {
    apt("update");
    await install();
    assert.deepEqual(sandbox().lines("calls"), ["update", "install"]);
    assert.deepEqual(sandbox().notices, [
      `apt-get update: ${UNREACHABLE} Installing with the existing package lists.`,
    ]);
  });

  it("fails if the packages can't be installed", async () => {
    apt("install");
    await assert.rejects(install(), CommandError);
  });
});
