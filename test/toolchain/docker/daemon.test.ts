import assert from "node:assert/strict";
import { UserError } from "../../../common/problem";
import { askDaemon, ensureDocker, noDaemon } from "../../../toolchain/docker";
import type { Machine } from "../../../toolchain/machine";
import { namesIn, useSandbox } from "../../support/sandbox";

const REFUSAL = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock.";

describe("the Docker daemon", () => {
  const sandbox = useSandbox();

  it("that answers is used as it is", async () => {
    sandbox().script("docker", 'echo "$*" >&2; echo 27.1.2');
    const machine = { ...sandbox().machine, debian: true, root: true };
    assert.equal(await ensureDocker(machine, sandbox().say), "27.1.2");
    assert.deepEqual(sandbox().said, []);
  });

  it("that does not answer is one error with what to do, if this machine can't install one", async () => {
    refuses();
    for (const [debian, root] of [
      [true, false],
      [false, true],
      [false, false],
    ] as const) {
      assert.deepEqual(await errorOf({ ...sandbox().machine, debian, root }), [
        `no Docker daemon answers (${REFUSAL})`,
        "  do:      install and start Docker: https://docs.docker.com/engine/install",
      ]);
    }
  });

  const choices: readonly (readonly [by: string, env: NodeJS.ProcessEnv, context: string, undo: string])[] = [
    ["DOCKER_HOST=tcp://127.0.0.1:9", { DOCKER_HOST: "tcp://127.0.0.1:9" }, "default", "unset DOCKER_HOST"],
    ["DOCKER_CONTEXT=far", { DOCKER_CONTEXT: "far" }, "far", "unset DOCKER_CONTEXT"],
    ["docker context use far", {}, "far", "docker context use default"],
  ];
  for (const [by, env, context, undo] of choices) {
    it(`that does not answer is never replaced, not even by root, if it was chosen by ${by}`, async () => {
      refuses(context);
      for (const name of ["apt-get", "dpkg", "dockerd"])
        sandbox().script(name, `echo ${name} >>${sandbox().root}/calls`);
      const machine = { ...sandbox().machine, debian: true, root: true };
      assert.deepEqual(await errorOf({ ...machine, env: { ...machine.env, ...env } }), [
        `no Docker daemon answers (${REFUSAL})`,
        `  where:   ${by}`,
        `  do:      start that daemon, or use this machine's own: ${undo}`,
      ]);
      assert.ok(!namesIn(sandbox().root).includes("calls"), "nothing is installed or started");
    });
  }

  it("is not there if the command isn't", async () => {
    assert.deepEqual(await askDaemon(sandbox().machine.env), { refusal: "docker is not on PATH" });
  });

  it("comes with the advice that fits the machine", () => {
    const { machine } = sandbox();
    const refusal = "permission denied while trying to connect to the Docker daemon socket";
    assert.equal(noDaemon(machine, { refusal }).todo, "sudo usermod -aG docker $USER, then log in again");
    assert.match(noDaemon({ ...machine, os: "darwin" }, {}).todo, /^start Docker Desktop/);
    assert.match(noDaemon({ ...machine, systemd: true }, {}).todo, /^sudo systemctl start docker/);
    assert.match(noDaemon(machine, {}).todo, /^install and start Docker/);
  });

  /** A docker command whose daemon doesn't answer. */
  function refuses(context = "default"): void {
    sandbox().script(
      "docker",
      `[ "$1" = context ] && echo ${context} && exit; echo "${REFUSAL}" >&2; exit 1`,
    );
  }

  async function errorOf(machine: Machine): Promise<string[]> {
    const error: unknown = await ensureDocker(machine, sandbox().say).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof UserError);
    return error.message.split("\n");
  }
});
