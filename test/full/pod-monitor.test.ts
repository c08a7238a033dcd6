import assert from "node:assert/strict";
import {
  ApiextensionsV1Api,
  CustomObjectsApi,
  type V1CustomResourceDefinition,
} from "@kubernetes/client-node";
import { standard, writeConfig } from "../e2e/harness/checkout";
import { kubeConfig, podsAndRestarts } from "../e2e/harness/cluster";
import { fails, succeeds } from "../e2e/harness/shell";
import { beginsDeployed, deployStandard, story } from "../e2e/harness/story";
import { until } from "../e2e/harness/until";

const kind = { group: "monitoring.coreos.com", version: "v1", plural: "podmonitors" } as const;
const CRD = `${kind.plural}.${kind.group}`;

/** The definition that the Prometheus operator installs, without its fields. */
const definition: V1CustomResourceDefinition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: CRD },
  spec: {
    group: kind.group,
    names: { kind: "PodMonitor", plural: kind.plural, singular: "podmonitor" },
    scope: "Namespaced",
    versions: [
      {
        name: kind.version,
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", x_kubernetes_preserve_unknown_fields: true } },
      },
    ],
  },
};

story("a PodMonitor", () => {
  beginsDeployed();
  const definitions = () => kubeConfig().makeApiClient(ApiextensionsV1Api);
  before("config asks for one", () => writeConfig({ ...standard, podMonitor: true }));
  after("as it was", async () => {
    await deployStandard();
    await definitions().deleteCustomResourceDefinition({ name: CRD });
  });

  it("is one clear error if the cluster doesn't know that kind, and nothing is touched", async () => {
    const running = await podsAndRestarts();
    assert.match(
      await fails("npx pulumi up --yes"),
      /doesn't have the kind PodMonitor[^]*config set --stack e2e podMonitor false/,
    );
    assert.deepEqual(await podsAndRestarts(), running);
  });

  it("is made if the operator is installed", async () => {
    await definitions().createCustomResourceDefinition({ body: definition });
    await until("the kind is known", 30_000, async () => {
      const { status } = await definitions().readCustomResourceDefinition({ name: CRD });
      return status?.conditions?.some((one) => one.type === "Established" && one.status === "True")
        ? true
        : undefined;
    });
    await succeeds("npx pulumi up --yes");
    const custom = kubeConfig().makeApiClient(CustomObjectsApi);
    const made = (await custom.getNamespacedCustomObject({ ...kind, namespace: "default", name: "api" })) as {
      spec: object;
    };
    assert.deepEqual(made.spec, {
      selector: { matchLabels: { name: "api" } },
      podMetricsEndpoints: [{ port: "metrics", path: "/metrics" }],
    });
  });
});
