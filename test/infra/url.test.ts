import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../../cluster";
import { workloadOf } from "../../cluster/objects/workload";
import { findUrl, urlOutputs } from "../../infra/url";
import { configOf } from "../support/config";
import { type Answers, fakeApi } from "../support/fake-cluster";

async function urlFor(given: Record<string, string>, answers: Answers = {}) {
  const config = configOf({ namespace: "shop", ...given });
  const cluster = { api: await fakeApi(answers), kind: {} as Cluster["kind"] };
  return findUrl(cluster, workloadOf(config), config);
}

describe("the URL of a service", () => {
  it("is the kind's own for a port of the nodes", async () => {
    const config = { ...configOf(), nodePort: 30_081 };
    const kind = { urlOf: (port: number) => ({ url: `http://node:${port}` }) };
    const cluster = { kind } as Cluster;
    const { url, ...others } = urlOutputs(cluster, workloadOf(config), config, pulumi.output("deployed"));
    assert.equal(await new Promise((resolve) => void url.apply(resolve)), "http://node:30081");
    assert.deepEqual(others, {});
  });

  it("is the one inside the cluster, with `npm run forward`, if it is exposed nowhere else", async () => {
    const { url, warning } = await urlFor({ expose: "ClusterIP", port: "80" });
    assert.equal(url, "http://api.shop.svc");
    assert.match(warning ?? "", /inside the cluster alone\. From here: npm run forward/);
  });

  it("is that of a load balancer that has an address", async () => {
    const status = { loadBalancer: { ingress: [{ ip: "10.1.2.3" }] } };
    const found = await urlFor(
      { expose: "LoadBalancer" },
      { "/api/v1/namespaces/shop/services/api": { status } },
    );
    assert.deepEqual([found.url, found.warning], ["http://10.1.2.3:3000", undefined]);
  });

  it("is the host of a Gateway, with a warning if the host can't be resolved", async () => {
    const conditions = [{ type: "Accepted", status: "True" }];
    const at = "/apis/gateway.networking.k8s.io/v1/namespaces/shop";
    const { url, warning } = await urlFor(
      { expose: "Gateway", gateway: '{"name":"public","host":"shop.invalid"}' },
      {
        [`${at}/httproutes/api`]: { status: { parents: [{ conditions }] } },
        [`${at}/gateways/public`]: {
          spec: { listeners: [{ port: 80, protocol: "HTTP" }] },
          status: { addresses: [{ value: "10.1.2.3" }] },
        },
      },
    );
    assert.equal(url, "http://shop.invalid");
    assert.match(warning ?? "", /shop\.invalid is unknown here\. Point it at 10\.1\.2\.3/);
  });
});
