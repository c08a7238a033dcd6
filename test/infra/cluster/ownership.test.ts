import assert from "node:assert/strict";
import { ApiServer } from "../../../infra/cluster/api-server";
import { findContext } from "../../../infra/cluster/kubeconfig";
import { ownedBy, refuseForeign } from "../../../infra/cluster/ownership";
import { refuseUnknownPodMonitor } from "../../../infra/cluster/pod-monitors";
import { fakeApiServer, kubeconfigFor, type Answers } from "../support/fake-cluster";
import { refusal } from "../support/problems";

const claims = { namespace: "shop", name: "api", nodePort: 30080, owner: "project/dev" };
const NAMESPACE = "/api/v1/namespaces/shop";
const DEPLOYMENT = "/apis/apps/v1/namespaces/shop/deployments/api";
const SERVICES = "/api/v1/services";

function object(name: string, more: object = {}) {
  return { metadata: { name, namespace: "shop", ...more } };
}

const ours = { annotations: ownedBy("project/dev") };

function services(...items: object[]) {
  return { kind: "ServiceList", items };
}

async function look(answers: Answers, changed: Partial<typeof claims> = {}): Promise<void> {
  const server = await fakeApiServer({ [SERVICES]: services(), ...answers });
  const { client } = await findContext([kubeconfigFor("m", server)], "m");
  await refuseForeign(await ApiServer.connect(client), { ...claims, ...changed });
}

describe("objects of the same name", () => {
  it("doesn't mind an empty cluster", async () => {
    await look({});
  });

  it("knows its own again", async () => {
    const service = { ...object("api", ours), spec: { ports: [{ nodePort: 30080 }] } };
    await look({
      [NAMESPACE]: object("shop", ours),
      [DEPLOYMENT]: object("api", ours),
      [SERVICES]: services(service),
    });
  });

  it("refuses a Deployment that somebody else made", async () => {
    const message = await refusal(look({ [DEPLOYMENT]: object("api") }));
    assert.match(message, /Deployment api in the cluster was not made by this stack \(project\/dev\)/);
    assert.match(message, /kubectl delete deployment api -n shop/);
  });

  it("names the other stack that made it", async () => {
    const theirs = object("api", { annotations: ownedBy("project/prod") });
    assert.match(await refusal(look({ [DEPLOYMENT]: theirs })), /but by project\/prod/);
  });

  it("refuses a Service and a namespace that somebody else made, both at once", async () => {
    const message = await refusal(look({ [NAMESPACE]: object("shop"), [SERVICES]: services(object("api")) }));
    assert.match(message, /Namespace shop/);
    assert.match(message, /kubectl delete namespace shop$/m);
    assert.match(message, /Service api/);
  });

  it("refuses whatever guards a service of somebody else's", async () => {
    const paths = {
      PodDisruptionBudget: "/apis/policy/v1/namespaces/shop/poddisruptionbudgets/api",
      NetworkPolicy: "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/api",
      PodMonitor: "/apis/monitoring.coreos.com/v1/namespaces/shop/podmonitors/api",
    };
    const answers = Object.fromEntries(Object.values(paths).map((path) => [path, object("api")]));
    const message = await refusal(look(answers));
    for (const kind of Object.keys(paths))
      assert.match(message, new RegExp(`The ${kind} api in the cluster`));
  });

  it("never asks whose the namespace default is", async () => {
    await look({ "/api/v1/namespaces/default": object("default") }, { namespace: "default" });
  });

  it("refuses what is just being deleted, its own too", async () => {
    const going = object("api", { ...ours, deletionTimestamp: "2026-01-01T00:00:00Z" });
    assert.match(await refusal(look({ [DEPLOYMENT]: going })), /is being deleted/);
  });

  it("refuses a node port that another Service has", async () => {
    const other = { metadata: { name: "web", namespace: "site" }, spec: { ports: [{ nodePort: 30080 }] } };
    const message = await refusal(look({ [SERVICES]: services(other) }));
    assert.match(message, /node port 30080 is taken by the Service web in the namespace site/);
  });

  it("lets its own Service move to another namespace with its port", async () => {
    const moving = {
      metadata: { name: "api", namespace: "old", ...ours },
      spec: { ports: [{ nodePort: 30080 }] },
    };
    await look({ [SERVICES]: services(moving) });
  });
});

describe("a PodMonitor", () => {
  const RESOURCES = "/apis/monitoring.coreos.com/v1";

  async function ask(answers: Answers, wanted: boolean): Promise<void> {
    const { client } = await findContext([kubeconfigFor("m", await fakeApiServer(answers))], "m");
    await refuseUnknownPodMonitor(await ApiServer.connect(client), wanted);
  }

  it("is refused where the cluster doesn't know what that is", async () => {
    const message = await refusal(ask({}, true));
    assert.match(message, /knows no PodMonitor[^]*config set podMonitor false/);
    assert.match(
      await refusal(ask({ [RESOURCES]: { resources: [{ name: "probes" }] } }, true)),
      /no PodMonitor/,
    );
  });

  it("is fine where the operator is, or none is wanted", async () => {
    await ask({ [RESOURCES]: { resources: [{ name: "podmonitors" }] } }, true);
    await ask({}, false);
  });
});
