import assert from "node:assert/strict";
import { acquire } from "../../toolchain/acquire";
import { run } from "../../toolchain/command";
import { inTemporaryFolder } from "../../toolchain/offline";
import { testTools } from "../../toolchain/tools";
import { writeConfig } from "../e2e/harness/checkout";
import { pods, podsAndRestarts } from "../e2e/harness/cluster";
import { ask } from "../e2e/harness/http";
import { inNode } from "../e2e/harness/node";
import { machine, PROFILE } from "../e2e/harness/place";
import { kubectl, lastLine, succeeds } from "../e2e/harness/shell";
import { beginsDeployed, FIRST_UP_TIMEOUT_MS, story } from "../e2e/harness/story";
import { losesNothing } from "../e2e/harness/under-load";
import { until } from "../e2e/harness/until";

const NAME = "egress";
/** Two Services of other namespaces. */
const API = "http://api.default.svc:3000/healthcheck";
const DNS_METRICS = "http://kube-dns.kube-system.svc:9153/metrics";
/** The error of a connection that the network plugin blocks. It isn't an error of DNS. */
const CUT_OFF = /^(ECONNREFUSED|TimeoutError)$/;

story("egress, in a node that enforces NetworkPolicies", () => {
  beginsDeployed();
  before("run kube-router in the node", async function () {
    this.timeout(FIRST_UP_TIMEOUT_MS); // if it has to be built
    const { dir } = await acquire(testTools.kubeRouter, { ...machine, os: "linux" }, () => {}); // the node is Linux
    await installInNode("ipset");
    await succeeds(`docker cp ${dir}/kube-router ${PROFILE}:/usr/local/bin/`);
    const only = "--run-firewall=true --run-router=false --run-service-proxy=false";
    const as = `--kubeconfig=/etc/kubernetes/admin.conf --hostname-override=${PROFILE}`;
    await succeeds(`docker exec -d ${PROFILE} kube-router ${only} ${as}`);
    await until("it guards the pods", 60_000, async () =>
      (await inNode("iptables-save", "-t", "filter")).includes("KUBE-POD-FW-"),
    );
  });
  after("remove it, and its rules: its own command for that fails without IPVS", async () => {
    const rules = "iptables-save | grep -vE 'KUBE-(ROUTER|POD-FW|NWPLCY)' | iptables-restore";
    await inNode("sh", "-c", `pkill -9 kube-router; ${rules} && ipset destroy`);
  });

  let url = "";
  const up = async (egress?: readonly object[]) => {
    const config = { context: PROFILE, namespace: NAME, nodePort: 30_183, replicas: 2 };
    await writeConfig({ ...config, ...(egress && { egress }) }, NAME);
    return await succeeds(`npm run up -- --stack ${NAME}`);
  };
  after("npm run down", async () => {
    await succeeds(`npm run down -- --stack ${NAME}`);
  });

  it("isn't limited by default: the pods reach every Service", async () => {
    url = lastLine(await up());
    assert.equal(await call(API), "200");
    assert.equal(await call(DNS_METRICS), "200");
  });

  it("limits the pods to DNS and what config names, and no request to them is lost", async () => {
    const before = await podsAndRestarts(NAME);
    await losesNothing("egress: a destination", () => up([{ namespace: "default", port: 3000 }]), url);
    assert.equal(await call(API), "200");
    assert.match(await call(DNS_METRICS), CUT_OFF);
    assert.deepEqual(await podsAndRestarts(NAME), before);
  });

  it("changes with config", async () => {
    await up([{ namespace: "kube-system", labels: { "k8s-app": "kube-dns" } }]);
    assert.match(await call(API), CUT_OFF);
    assert.equal(await call(DNS_METRICS), "200");
  });

  it("allows DNS alone if the list is empty, and the pods still answer Prometheus, probes and everybody", async () => {
    await up([]);
    assert.match(await call(API), CUT_OFF);
    assert.match(await call(DNS_METRICS), CUT_OFF);
    const [pod] = await pods(NAME);
    assert.equal(await call(`http://${pod?.status?.podIP}:9464/metrics`, "default"), "200");
    assert.equal((await ask("/healthcheck", url)).status, 200);
  });
});

/** Installs a Debian package in the node. A container of the same image downloads it: the node itself has no DNS. */
async function installInNode(name: string): Promise<void> {
  const image = (await succeeds(`docker inspect ${PROFILE} --format={{.Config.Image}}`)).trim();
  const download = `apt-get update && apt-get install -y -d --no-install-recommends ${name} && cp /var/cache/apt/archives/*.deb /out`;
  await inTemporaryFolder(async (folder) => {
    await run(
      "docker",
      ["run", "--rm", `-v=${folder}:/out`, "--entrypoint=sh", image, "-c", download],
      machine,
    );
    await succeeds(`docker cp ${folder} ${PROFILE}:/packages`);
    await inNode("dpkg", "--install", "--recursive", "/packages");
  });
}

/** Calls a URL in a pod. @returns the status of the answer, or else the code or name of the error */
async function call(url: string, namespace = NAME): Promise<string> {
  const answer = "r=>r.status,e=>e.cause?.code??e.name";
  const script = `fetch("${url}",{signal:AbortSignal.timeout(3000)}).then(${answer}).then(console.log)`;
  return (await kubectl(`exec -n ${namespace} deploy/api -- node -e ${script}`)).trim();
}
