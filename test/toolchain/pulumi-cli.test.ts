import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { VERSIONS } from "../../toolchain/tools";
import { useSandbox } from "../support/sandbox";

/** The `pulumi` that npm links into node_modules/.bin. */
const NPX_PULUMI = join(__dirname, "..", "..", "node_modules", ".bin", "pulumi");

describe("npx pulumi", () => {
  const sandbox = useSandbox();

  /** Runs it with a shell script as the CLI in Pulumi's home. */
  function npxPulumi(cli: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
    const { pulumiHome } = sandbox().machine;
    sandbox().script("pulumi", cli, join(pulumiHome, "versions", VERSIONS.pulumi, "bin"));
    return spawnSync(process.execPath, [NPX_PULUMI, ...args], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, PULUMI_HOME: pulumiHome, ...env },
    });
  }

  it("runs the CLI that the toolchain has installed, and ends as it does", () => {
    const { status, stdout } = npxPulumi('echo "$*"; exit 7', ["stack", "ls"]);
    assert.deepEqual([status, stdout], [7, "stack ls\n"]);
  });

  it("reaches local addresses without the proxy", () => {
    const { stdout } = npxPulumi('echo "$https_proxy $NO_PROXY"', [], { HTTPS_PROXY: "http://127.0.0.1:9" });
    assert.equal(stdout, "http://127.0.0.1:9 localhost,127.0.0.1,::1,192.168.0.0/16\n");
  });

  it("keeps the password of a backend out of the URL that the CLI prints", () => {
    const backend = (PULUMI_BACKEND_URL: string) =>
      npxPulumi('echo "$PULUMI_BACKEND_URL $PGPASSWORD"', [], { PULUMI_BACKEND_URL });
    assert.equal(backend("postgres://me:secret@db/state").stdout, "postgres://me@db/state secret\n");
    const { status, stdout, stderr } = backend("postgres://me:secret/1@db/state");
    assert.deepEqual([status, stdout], [1, ""]);
    assert.match(
      stderr,
      /^PULUMI_BACKEND_URL can't be read\.((?!secret)[^])*percent-encode((?!secret)[^])*$/,
    );
  });
});
