import assert from "node:assert/strict";
import { UserError } from "../../../common/problem";
import { adviceFor, askDaemon, ensureDocker } from "../../../toolchain/docker";
import { useSandbox } from "../harness/sandbox";

describe("the Docker daemon", () => {
  const sandbox = useSandbox();

  it("that answers is used as it is", async () => {
    sandbox().script("docker", 'echo "$*" >&2; echo 27.1.2');
    const machine = { ...sandbox().machine, debian: true, root: true };
    assert.equal(await ensureDocker(machine, sandbox().say), "27.1.2");
    assert.deepEqual(sandbox().said, []);
  });

  it("that does not answer is one error with what to do, where it can't be installed", async () => {
    const refusal = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock.";
    sandbox().script("docker", `echo "${refusal}" >&2; exit 1`);
    for (const [debian, root] of [
      [true, false],
      [false, true],
      [false, false],
    ] as const) {
      const machine = { ...sandbox().machine, debian, root };
      await assert.rejects(ensureDocker(machine, sandbox().say), (error: Error) => {
        assert.ok(error instanceof UserError);
        assert.deepEqual(error.message.split("\n"), [
          `no Docker daemon answers (${refusal})`,
          "  do:      install and start Docker: https://docs.docker.com/engine/install",
        ]);
        return true;
      });
    }
  });

  it("is not there where the command isn't", async () => {
    assert.deepEqual(await askDaemon(sandbox().machine.env), { refusal: "docker is not on PATH" });
  });

  it("is advised on by what the machine is", () => {
    const { machine } = sandbox();
    const socket = "permission denied while trying to connect to the Docker daemon socket";
    assert.match(adviceFor(machine, socket), /^sudo usermod -aG docker \$USER, then log in again$/);
    assert.match(adviceFor({ ...machine, os: "darwin" }, ""), /^start Docker Desktop/);
    assert.match(adviceFor({ ...machine, systemd: true }, ""), /^sudo systemctl start docker/);
    assert.match(adviceFor(machine, ""), /^install and start Docker/);
  });
});
