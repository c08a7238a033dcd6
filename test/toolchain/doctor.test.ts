import assert from "node:assert/strict";
import { join } from "node:path";
import { examine, type Finding } from "../../toolchain/doctor";
import { useServer } from "../support/file-server";
import { useSandbox } from "../support/sandbox";

describe("the doctor", () => {
  const sandbox = useSandbox();
  const server = useServer();

  async function find(name: string, env: NodeJS.ProcessEnv = {}): Promise<Finding | undefined> {
    const { machine } = sandbox();
    const findings = await examine({ ...machine, env: { ...machine.env, ...env } }, "minikube");
    return findings.find((finding) => finding.name === name);
  }

  it("says nothing of proxies if there are none", async () => {
    assert.equal(await find("proxy HTTPS_PROXY"), undefined);
  });

  it("names a proxy that answers, and never its password", async () => {
    const { host, port } = new URL(server().url);
    const finding = await find("proxy HTTPS_PROXY", { HTTPS_PROXY: `http://user:hunter2@127.0.0.1:${port}` });
    assert.deepEqual(finding, {
      name: "proxy HTTPS_PROXY",
      ok: true,
      detail: `${host}, only for downloads`,
    });
  });

  it("says what to do about a proxy that doesn't answer, or isn't one", async () => {
    const dead = await find("proxy HTTP_PROXY", { HTTP_PROXY: "http://user:hunter2@127.0.0.1:9" });
    assert.match(
      dead?.detail ?? "",
      /^nothing can be downloaded: 127\.0\.0\.1:9 does not answer \(.*ECONNREFUSED/,
    );
    assert.equal(dead?.todo, "unset HTTP_PROXY http_proxy, or set both to a proxy that answers");
    assert.equal((await find("proxy HTTP_PROXY", { HTTP_PROXY: "hunter2" }))?.detail, "is not a URL");
  });

  it("doesn't report a cluster as stopped if Docker can't be asked", async () => {
    sandbox().script("minikube", 'case "$1" in version) echo v1.38.1 ;; *) exit 85 ;; esac');
    sandbox().script("docker", '[ "$1" = context ] && echo default && exit; echo "no daemon" >&2; exit 1');
    sandbox().file(join(sandbox().machine.minikubeHome, "profiles", "minikube", "config.json"), "{}");
    assert.deepEqual(await find("cluster minikube", { DOCKER_HOST: "tcp://127.0.0.1:9" }), {
      name: "cluster minikube",
      ok: false,
      detail: "unknown: no Docker daemon answers",
      todo: "see docker above",
    });
    const docker = await find("docker", { DOCKER_HOST: "tcp://127.0.0.1:9" });
    assert.equal(docker?.todo, "start that daemon, or use this machine's own: unset DOCKER_HOST");
  });
});
