import assert from "node:assert/strict";
import { ensureMetricsServer } from "../../../toolchain/cluster";
import { metricsServer } from "../../../toolchain/tools";
import { useServer } from "../../support/file-server";
import { useSandbox } from "../../support/sandbox";

/** RFC 6761 keeps this name from ever existing. */
const NOWHERE = "https://registry.invalid";

describe("metrics-server", () => {
  const sandbox = useSandbox();
  const server = useServer();

  /** @returns what was done, and the commands that changed something */
  async function ensure(registry: string, { enabled = false } = {}) {
    const { machine, bin, root, say } = sandbox();
    const note = `echo "$(basename $0) $*" >>${root}/calls`;
    sandbox().file(`${root}/calls`, "");
    if (enabled) sandbox().file(`${root}/enabled`, "");
    const file = sandbox().script(
      "minikube",
      `${note}\ncase "$*" in *enable*) touch ${root}/enabled ;; esac`,
    );
    sandbox().script("docker", "exit 0"); // it has every image
    sandbox().script(
      "kubectl",
      `case "$*" in
        *--raw*) [ -e ${root}/enabled ] ;;
        *args*jsonpath*|*jsonpath*args*) echo '["--secure-port=4443","--metric-resolution=60s"]' ;;
        *clusterIP*) echo 10.96.0.9 ;;
        *) ${note} ;;
      esac`,
    );
    const kubectl = { name: "kubectl", version: "1", source: "PATH", dir: bin } as const;
    const cluster = { profile: "a", context: "b" };
    const done = await ensureMetricsServer({ file, machine }, kubectl, cluster, say, registry);
    return { done, calls: sandbox().lines("calls").filter(Boolean) };
  }

  it("is left as it is if it answers: somebody else's cluster measures as often as it does", async () => {
    assert.deepEqual(await ensure(NOWHERE, { enabled: true }), { done: "answers", calls: [] });
  });

  it("is minikube's addon, which then measures every 15 s", async () => {
    server().answers["/v2/"] = "{}";
    const { done, calls } = await ensure(server().url);
    assert.equal(done, "enabled");
    assert.equal(calls[0], "minikube -p a addons enable metrics-server");
    assert.match(calls[1] ?? "", /^kubectl --context b patch .*args\/1","value":"--metric-resolution=15s"/);
  });

  it("is an image of our own in every node if the addon's can't be pulled, with a notice", async () => {
    const { calls } = await ensure(NOWHERE);
    const image = `koa-on-minikube/metrics-server:${metricsServer.version}`;
    assert.deepEqual(calls.slice(0, 2), [
      `minikube -p a image load ${image}`,
      `minikube -p a addons enable metrics-server --images=MetricsServer=${image} --registries=MetricsServer=docker.io`,
    ]);
    assert.match(sandbox().notices.join(), /registry\.invalid can't be reached .*from source/);
  });
});
