import assert from "node:assert/strict";
import { urlOfLoadBalancer } from "../../../cluster/objects/address";
import { refuseUnknownGateway, urlThroughGateway } from "../../../cluster/objects/gateways";
import { type Answers, fakeApi } from "../../support/fake-cluster";
import { refusal } from "../../support/problems";
import { workloadWith } from "../../support/rollout";

const workload = workloadWith({ namespace: "shop" });
const GATEWAY_API = "/apis/gateway.networking.k8s.io/v1";
const ROUTE = `${GATEWAY_API}/namespaces/shop/httproutes/api`;
const GATEWAY = `${GATEWAY_API}/namespaces/infra/gateways/public`;

describe("a load balancer", () => {
  async function found(ingress: object[] | undefined, port = "3000") {
    const status = { loadBalancer: ingress && { ingress } };
    const api = await fakeApi({ "/api/v1/namespaces/shop/services/api": { status } });
    return urlOfLoadBalancer(api, workloadWith({ namespace: "shop", port }));
  }

  it("has its URL at its address or its host", async () => {
    assert.deepEqual(await found([{ ip: "10.1.2.3" }]), { url: "http://10.1.2.3:3000", address: "10.1.2.3" });
    assert.deepEqual(await found([{ hostname: "lb.example.com" }], "80"), {
      url: "http://lb.example.com",
      address: "lb.example.com",
    });
    assert.deepEqual(await found([{ ip: "fd00::1" }]), { url: "http://[fd00::1]:3000", address: "fd00::1" });
  });

  it("lacks an address until the cluster gives it one", async () => {
    const missing = "address of the load balancer of the Service api";
    assert.deepEqual(await found(undefined), { missing });
    assert.deepEqual(await found([]), { missing });
  });
});

describe("a Gateway", () => {
  const known = { [GATEWAY_API]: { resources: [{ name: "httproutes" }] } };
  const http = { name: "http", port: 80, protocol: "HTTP" };
  const https = { name: "https", port: 443, protocol: "HTTPS", hostname: "*.example.com" };
  const accepted = { type: "Accepted", status: "True", reason: "Accepted", message: "" };

  async function refused(answers: Answers, name = "infra/public"): Promise<void> {
    await refuseUnknownGateway(await fakeApi(answers), workload, { name });
  }

  interface Scene {
    readonly host?: string;
    readonly conditions?: object[];
    readonly addresses?: object[];
    readonly listeners?: object[];
  }
  async function found({ host, conditions = [accepted], addresses, listeners = [http, https] }: Scene) {
    const parents = conditions.length === 0 ? [] : [{ parentRef: { name: "public" }, conditions }];
    const api = await fakeApi({
      [ROUTE]: { status: { parents } },
      [GATEWAY]: { spec: { listeners }, status: { addresses: addresses ?? [{ value: "10.1.2.3" }] } },
    });
    return urlThroughGateway(api, workload, { name: "infra/public", host });
  }

  it("is refused if the cluster has no Gateway API, or no such Gateway", async () => {
    assert.match(await refusal(refused({})), /knows no HTTPRoute[^]*config set expose NodePort/);
    assert.match(await refusal(refused(known)), /no Gateway public in the namespace infra/);
    await refused({ ...known, [GATEWAY]: { metadata: {} } });
    const own = `${GATEWAY_API}/namespaces/shop/gateways/mine`;
    await refused({ ...known, [own]: { metadata: {} } }, "mine");
  });

  it("leads to the host, with TLS if a listener for it has that, or to its address", async () => {
    const url = async (scene: Scene) => ((await found(scene)) as { url: string }).url;
    assert.equal(await url({ host: "shop.example.com" }), "https://shop.example.com");
    assert.equal(await url({ host: "shop.example.org" }), "http://shop.example.org");
    assert.equal(await url({ listeners: [{ ...http, port: 8080 }] }), "http://10.1.2.3:8080");
  });

  it("says what is still missing, in its controller's words", async () => {
    const missing = async (scene: Scene) => ((await found(scene)) as { missing: string }).missing;
    assert.match(await missing({ conditions: [] }), /controller that attaches HTTPRoutes to .*infra\/public/);
    const no = { type: "Accepted", status: "False", reason: "NotAllowedByListeners", message: "no" };
    assert.match(await missing({ conditions: [no] }), /NotAllowedByListeners: no/);
    assert.match(await missing({ addresses: [] }), /^address of the Gateway/);
    assert.match(await missing({ host: "a.b", listeners: [https] }), /listener for a\.b/);
  });
});
