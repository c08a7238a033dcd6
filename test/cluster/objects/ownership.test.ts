import assert from "node:assert/strict";
import type { Cluster } from "../../../cluster";
import { checkCluster } from "../../../infra/checks";
import type { Gateway } from "../../../infra/config";
import { ownedBy, refuseForeign, type StackIdentity } from "../../../cluster/objects/ownership";
import { refuseUnknownPodMonitor } from "../../../cluster/objects/pod-monitors";
import { configOf } from "../../support/config";
import { type Answers, fakeApi } from "../../support/fake-cluster";
import { refusal } from "../../support/problems";
import { workloadWith } from "../../support/rollout";

/** The stack project/dev. Its state has the objects with these UIDs, and the state of the stack staging has the others. */
const stackWith = (uids: string[] = [], ofStaging: string[] = []): StackIdentity => ({
  name: "project/dev",
  holds: (uid) => Promise.resolve(uids.includes(uid)),
  otherHolder: (uid) => Promise.resolve(ofStaging.includes(uid) ? "staging" : undefined),
});
const claims = {
  workload: workloadWith({ namespace: "shop" }),
  nodePort: 30080 as number | undefined,
  gateway: undefined as Gateway | undefined,
  stack: stackWith(),
};
const NAMESPACE = "/api/v1/namespaces/shop";
const DEPLOYMENT = "/apis/apps/v1/namespaces/shop/deployments/api";
const SERVICES = "/api/v1/services";
const SERVICE = "/api/v1/namespaces/shop/services/api";
const guards = {
  PodDisruptionBudget: "/apis/policy/v1/namespaces/shop/poddisruptionbudgets/api",
  NetworkPolicy: "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/api",
  PodMonitor: "/apis/monitoring.coreos.com/v1/namespaces/shop/podmonitors/api",
};
const ALL = [NAMESPACE, DEPLOYMENT, SERVICE, SERVICES, ...Object.values(guards)].sort();

function object(name: string, more: object = {}) {
  return { metadata: { name, namespace: "shop", ...more } };
}

const ours = { annotations: ownedBy({ name: "project/dev" }) };

function services(...items: object[]) {
  return { kind: "ServiceList", items };
}

/** Somebody else's Service, with these node ports. */
function others(...nodePorts: number[]) {
  return {
    metadata: { name: "web", namespace: "site" },
    spec: { ports: nodePorts.map((nodePort) => ({ nodePort })) },
  };
}

/** @returns the paths that the API server was asked for */
async function look(answers: Answers, changed: Partial<typeof claims> = {}): Promise<string[]> {
  const asked: string[] = [];
  const api = await fakeApi({ [SERVICES]: services(), ...answers }, asked);
  const made = { ...claims, ...changed };
  await refuseForeign(api, { ...made, services: made.nodePort === undefined ? [] : await api.services() });
  return asked.sort();
}

describe("objects of the same name", () => {
  it("are looked for in every kind, and there may be none", async () => {
    assert.deepEqual(await look({}), ALL);
  });

  it("may be PodMonitors that this user may not read: a user who may deploy may lack this right", async () => {
    assert.deepEqual(await look({ [guards.PodMonitor]: 403 }), ALL);
  });

  it("are looked for among autoscalers only if config has one", async () => {
    const autoscaler = "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/api";
    const workload = workloadWith({ namespace: "shop", autoscale: '{"max":5}' });
    assert.deepEqual(await look({}, { workload }), [...ALL, autoscaler].sort());
    const message = await refusal(look({ [autoscaler]: object("api") }, { workload }));
    assert.match(message, /kubectl delete horizontalpodautoscaler api -n shop/);
  });

  it("are recognised only if this stack made them", async () => {
    const made = (by: object) => ({
      [NAMESPACE]: object("shop", by),
      [DEPLOYMENT]: object("api", by),
      [SERVICE]: object("api", by),
      [SERVICES]: services({ ...object("api", by), spec: { ports: [{ nodePort: 30080 }] } }),
    });
    assert.deepEqual(await look(made(ours)), ALL);
    const message = await refusal(look(made({ annotations: ownedBy({ name: "project/prod" }) })));
    assert.deepEqual(message.match(/^The \w+/gm), ["The Namespace", "The Deployment", "The Service"]);
  });

  it("are refused if somebody else made them: a Deployment", async () => {
    const message = await refusal(look({ [DEPLOYMENT]: object("api") }));
    assert.match(message, /Deployment api in the cluster was not made by this stack \(project\/dev\)/);
    assert.match(message, /kubectl delete deployment api -n shop/);
  });

  it("are recognised after the stack or the project was renamed: they are in its state", async () => {
    const theirs = { annotations: ownedBy({ name: "former/name" }) };
    const renamed = {
      [DEPLOYMENT]: object("api", { ...theirs, uid: "uid-1" }),
      [SERVICE]: object("api", { ...theirs, uid: "uid-2" }),
    };
    assert.deepEqual(await look(renamed, { stack: stackWith(["uid-1", "uid-2"]) }), ALL);
    const message = await refusal(look(renamed, { stack: stackWith(["uid-1"]) }));
    assert.match(message, /The Service api in the cluster .* but by former\/name/);
    assert.doesNotMatch(message, /Deployment/);
  });

  it("are refused if another stack made them while it had this stack's name", async () => {
    const renamed = { [DEPLOYMENT]: object("api", { ...ours, uid: "uid-1" }) };
    const message = await refusal(look(renamed, { stack: stackWith([], ["uid-1"]) }));
    assert.match(message, /not made by this stack \(project\/dev\) but by staging/);
  });

  it("are refused with the name of the stack that made them", async () => {
    const theirs = object("api", { annotations: ownedBy({ name: "project/prod" }) });
    assert.match(await refusal(look({ [DEPLOYMENT]: theirs })), /but by project\/prod/);
  });

  it("are refused all at once: a Service and a namespace", async () => {
    const message = await refusal(look({ [NAMESPACE]: object("shop"), [SERVICE]: object("api") }));
    assert.match(message, /Namespace shop/);
    assert.match(message, /kubectl delete namespace shop$/m);
    assert.match(message, /Service api/);
  });

  it("are refused if they are another service's policies or budget", async () => {
    const answers = Object.fromEntries(Object.values(guards).map((path) => [path, object("api")]));
    const message = await refusal(look(answers));
    for (const kind of Object.keys(guards))
      assert.match(message, new RegExp(`The ${kind} api in the cluster`));
  });

  it("don't include the namespace default: nobody asks who owns it", async () => {
    const path = "/api/v1/namespaces/default";
    const asked = await look({ [path]: object("default") }, { workload: workloadWith() });
    assert.ok(!asked.includes(path));
    assert.equal(asked.length, ALL.length - 1);
  });

  it("are refused while they are being deleted, also the stack's own", async () => {
    const going = object("api", { ...ours, deletionTimestamp: "2026-01-01T00:00:00Z" });
    assert.match(await refusal(look({ [DEPLOYMENT]: going })), /is being deleted/);
  });

  it("aren't looked for in other namespaces without a node port; with a Gateway, they are looked for among HTTPRoutes", async () => {
    const route = "/apis/gateway.networking.k8s.io/v1/namespaces/shop/httproutes/api";
    const exposed = { nodePort: undefined, gateway: { name: "public" } };
    const expected = [...ALL.filter((path) => path !== SERVICES), route].sort();
    assert.deepEqual(await look({}, exposed), expected);
    assert.match(
      await refusal(look({ [route]: object("api") }, exposed)),
      /The HTTPRoute api in the cluster/,
    );
  });
});

describe("the node port that config names", () => {
  it("is refused if another Service has it", async () => {
    const message = await refusal(look({ [SERVICES]: services(others(30080)) }));
    assert.match(
      message,
      /30080, which .* Service api in the namespace shop, is taken by the Service web in the namespace site/,
    );
    assert.match(message, /config rm nodePort, [^]*config set nodePort 30081$/m);
  });

  it("is refused with the next one that no Service has", async () => {
    const taken = services(others(30080, 30081), others(30082));
    assert.match(await refusal(look({ [SERVICES]: taken })), /config set nodePort 30083$/m);
  });

  it("is refused with a lower one if all higher ones are taken", async () => {
    const taken = services(others(32767, 30000));
    assert.match(
      await refusal(look({ [SERVICES]: taken }, { nodePort: 32767 })),
      /config set nodePort 30001$/m,
    );
  });

  it("is refused without another one if all are taken", async () => {
    const all = services(others(...Array.from({ length: 2768 }, (_, nth) => 30_000 + nth)));
    assert.match(await refusal(look({ [SERVICES]: all })), /that no other Service has: none is left/);
  });

  it("may be that of the stack's own Service in another namespace", async () => {
    const moving = (by: object) => ({
      metadata: { name: "api", namespace: "old", ...by },
      spec: { ports: [{ nodePort: 30080 }] },
    });
    assert.deepEqual(await look({ [SERVICES]: services(moving(ours)) }), ALL);
    assert.match(await refusal(look({ [SERVICES]: services(moving({})) })), /30080, .* is taken by/);
  });

  it("is refused if the stack's own Service has it under another name: both would have it for a moment", async () => {
    const named = {
      metadata: { name: "old", namespace: "shop", ...ours },
      spec: { ports: [{ nodePort: 30080 }] },
    };
    assert.match(await refusal(look({ [SERVICES]: services(named) })), /taken by the Service old/);
  });
});

describe("the node port of a stack whose config names none", () => {
  const at = (namespace: string, nodePort: number | undefined, by: object = ours) => ({
    metadata: { name: "api", namespace, ...by },
    spec: { ports: [{ nodePort }] },
  });

  async function found(...items: object[]): Promise<number> {
    const asked: string[] = [];
    const api = await fakeApi({ [SERVICES]: services(...items), "/api/v1/nodes": 403 }, asked);
    const cluster = { api, kind: {} } as Cluster;
    const config = configOf({ namespace: "shop" });
    const port = await checkCluster(cluster, config, claims.workload, claims.stack);
    assert.equal(asked.filter((path) => path === SERVICES).length, 1);
    return port ?? assert.fail("no port");
  }

  it("is 30080, or the next one that no Service has", async () => {
    assert.equal(await found(), 30080);
    assert.equal(await found(others(30090)), 30080);
    assert.equal(await found(others(30080), others(30081, 30082)), 30083);
  });

  it("stays what it is once the Service is there, also when the Service moves to another namespace", async () => {
    assert.equal(await found(at("shop", 30083), others(30080)), 30083);
    assert.equal(await found(at("shop", 30083)), 30083);
    assert.equal(await found(at("old", 30083)), 30083);
  });

  it("isn't that of a Service of the same name that this stack didn't make", async () => {
    assert.equal(await found(at("default", 30080, {})), 30081);
  });

  it("is found if the stack's Service has had none so far", async () => {
    assert.equal(await found(at("shop", undefined), others(30080)), 30081);
  });
});

describe("a PodMonitor", () => {
  const RESOURCES = "/apis/monitoring.coreos.com/v1";

  async function ask(answers: Answers, wanted: boolean): Promise<string[]> {
    const asked: string[] = [];
    await refuseUnknownPodMonitor(await fakeApi(answers, asked), wanted);
    return asked;
  }

  it("is refused if the cluster doesn't know that kind", async () => {
    const message = await refusal(ask({}, true));
    assert.match(message, /doesn't have the kind PodMonitor[^]*config set podMonitor false/);
    assert.match(
      await refusal(ask({ [RESOURCES]: { resources: [{ name: "probes" }] } }, true)),
      /the kind PodMonitor/,
    );
  });

  it("is accepted if the operator is installed, or if config wants no PodMonitor", async () => {
    const operator = { [RESOURCES]: { resources: [{ name: "podmonitors" }] } };
    assert.deepEqual(await ask(operator, true), [RESOURCES]);
    assert.deepEqual(await ask({}, false), []);
  });
});
