import assert from "node:assert/strict";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { readMachine } from "../../toolchain/machine";

describe("the machine", () => {
  const minikubeHomes: readonly (readonly [configured: string | undefined, expected: string])[] = [
    [undefined, "/home/a/.minikube"],
    ["", "/home/a/.minikube"],
    ["/data", "/data/.minikube"],
    ["/data/", "/data/.minikube"],
    ["/data/.minikube", "/data/.minikube"],
    ["/data/.minikube/", "/data/.minikube"],
  ];
  for (const [MINIKUBE_HOME, expected] of minikubeHomes) {
    it(`finds minikube's home if MINIKUBE_HOME is ${JSON.stringify(MINIKUBE_HOME) ?? "not set"}`, () => {
      assert.equal(readMachine({ HOME: "/home/a", MINIKUBE_HOME }).minikubeHome, expected);
    });
  }

  it("keeps its tools in the user's cache folder, or in the configured one", () => {
    const { cacheDir } = readMachine({});
    assert.match(cacheDir, /\/koa-on-minikube$/);
    assert.equal(readMachine({ KOA_ON_MINIKUBE_CACHE: "/data/cache" }).cacheDir, "/data/cache");
    assert.equal(readMachine({ KOA_ON_MINIKUBE_CACHE: "" }).cacheDir, cacheDir);
    assert.equal(readMachine({ KOA_ON_MINIKUBE_CACHE: "here" }).cacheDir, resolve("here"));
  });

  it("knows Pulumi's home", () => {
    assert.equal(readMachine({ HOME: "/home/a" }).pulumiHome, "/home/a/.pulumi");
    assert.equal(readMachine({ HOME: "/home/a", PULUMI_HOME: "/data" }).pulumiHome, "/data");
    assert.equal(readMachine({ PULUMI_HOME: "" }).pulumiHome, join(homedir(), ".pulumi"));
  });

  it("starts tools in the environment that it was read from", () => {
    const env = { HOME: "/home/a", PATH: "/nowhere" };
    assert.equal(readMachine(env).env, env);
  });

  it("starts tools with a HOME, even if none is set, as in a container: minikube needs it", () => {
    assert.deepEqual(readMachine({ PATH: "/nowhere" }).env, { PATH: "/nowhere", HOME: homedir() });
  });

  it("starts tools with the machine's own Docker daemon, also in a shell that evaluated `minikube docker-env`", () => {
    const inNode = {
      MINIKUBE_ACTIVE_DOCKERD: "minikube",
      DOCKER_HOST: "tcp://192.168.49.2:2376",
      DOCKER_TLS_VERIFY: "1",
    };
    const { env } = readMachine({ ...inNode, MINIKUBE_EXISTING_DOCKER_HOST: "tcp://before:1" });
    assert.deepEqual(
      [env.DOCKER_HOST, env.DOCKER_TLS_VERIFY, env.MINIKUBE_ACTIVE_DOCKERD],
      ["tcp://before:1", undefined, undefined],
    );
  });
});
