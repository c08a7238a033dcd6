import assert from "node:assert/strict";
import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Config } from "../../../infra/config";
import { reservedVariables } from "../../../infra/config/reserved";
import { networkPolicy } from "../../../infra/workload/network-policy";
import { podSpec } from "../../../infra/workload/pod";
import type { scaling } from "../../../infra/workload/timing";
import { timing } from "../../../infra/workload/timing";
import { declared, declaredOf, declaredResources, declaredTypes } from "../../support/mock-engine";
import { declareService } from "../../support/service";

const args = {
  namespace: "shop",
  labels: { tier: "frontend", team: "a" },
  annotations: { mark: "mine" },
  expose: "NodePort" as Config["expose"],
  nodePort: 30090,
  gateway: undefined,
  podMonitor: true,
  networkPolicy: true,
  progressDeadlineSeconds: 40,
  secretEnv: {},
  pod: {
    imagePullPolicy: "Never" as const,
    port: 8080,
    metricsPort: 9100,
    health: { http: "/alive" },
    ready: { http: "/ready" },
    startSeconds: 90,
    user: 65532,
    writable: { "/tmp": "64Mi" },
    nodeSelector: { disk: "ssd" },
    tolerations: [{ key: "dedicated", value: "api" }],
    priorityClassName: "high",
    env: { GREETING: "hi" },
    resources: { requests: { cpu: "100m", memory: "100Mi" }, limits: { cpu: "1", memory: "256Mi" } },
  },
  tracks: [{ name: "stable", replicas: 3, release: "abc", image: "api:abc" }],
};
const HASH = "koa-on-minikube/declared";
const labels = { name: "api", release: "stable", maturityStage: "dev", tier: "frontend", team: "a" };

describe("a resilient service", () => {
  let deployment: k8s.types.input.apps.v1.Deployment;
  let service: k8s.types.input.core.v1.Service;
  let pod: k8s.types.input.core.v1.PodSpec;
  let container: k8s.types.input.core.v1.Container;

  before(async () => {
    await declareService(args);
    deployment = declared("kubernetes:apps/v1:Deployment");
    service = declared("kubernetes:core/v1:Service");
    pod = (deployment.spec as k8s.types.input.apps.v1.DeploymentSpec & { template: { spec: typeof pod } })
      .template.spec;
    container = (pod.containers as (typeof container)[])[0]!;
  });

  it("labels the Deployment, its pods and the Service alike", () => {
    assert.deepEqual((deployment.metadata as { labels: object }).labels, labels);
    assert.deepEqual((service.metadata as { labels: object }).labels, labels);
    assert.deepEqual(templateOf(deployment).metadata.labels, labels);
  });

  it("selects pods by labels that never change: the Deployment its track's, the Service all", () => {
    assert.deepEqual((deployment.spec as { selector: object }).selector, {
      matchLabels: { name: "api", release: "stable" },
    });
    assert.deepEqual((service.spec as { selector: object }).selector, { name: "api" });
  });

  it("annotates both as its own, and takes spec.replicas back from `kubectl scale`", () => {
    const mark = { mark: "mine", "pulumi.com/patchForce": "true" };
    const where = { namespace: "shop", name: "api" };
    const { [HASH]: hash, ...annotations } = annotationsOf(deployment);
    assert.match(hash!, /^[0-9a-f]{16}$/);
    assert.deepEqual({ ...pick(deployment.metadata), annotations }, { ...where, annotations: mark });
    assert.deepEqual(pick(service.metadata), {
      ...where,
      annotations: { ...mark, "pulumi.com/skipAwait": "true" },
    });
  });

  it("publishes the port that config names on the node", () => {
    const { type, ports } = service.spec as k8s.types.input.core.v1.ServiceSpec;
    assert.equal(type, "NodePort");
    assert.deepEqual(ports, [
      { name: "http", port: 8080, targetPort: "http", nodePort: 30090, protocol: "TCP" },
    ]);
    assert.deepEqual((container.ports as object[])[0], { name: "http", containerPort: 8080 });
  });

  it("never has fewer ready pods than wanted during a rollout", () => {
    const spec = deployment.spec as k8s.types.input.apps.v1.DeploymentSpec;
    const { replicas, strategy } = spec;
    assert.equal(replicas, 3);
    assert.equal(spec.progressDeadlineSeconds, 40);
    assert.deepEqual(strategy, {
      type: "RollingUpdate",
      rollingUpdate: { maxUnavailable: 0, maxSurge: "25%" },
    });
  });

  it("runs an image that is only in the node", () => {
    assert.equal(container.name, "api-container");
    assert.equal(container.image, "api:abc");
    assert.equal(container.imagePullPolicy, "Never");
    assert.deepEqual(container.resources, args.pod.resources);
  });

  it("runs on the nodes that it was given, before pods of a lower priority", () => {
    const { nodeSelector, tolerations, priorityClassName } = pod;
    assert.deepEqual(nodeSelector, { disk: "ssd" });
    assert.deepEqual((tolerations as object[])[0], { key: "dedicated", value: "api" });
    assert.equal(priorityClassName, "high");
  });

  it("is spread over nodes and zones, each release by itself, and waits for no node", () => {
    const pods = {
      labelSelector: { matchLabels: { name: "api", release: "stable" } },
      matchLabelKeys: ["pod-template-hash"],
    };
    assert.deepEqual(pod.topologySpreadConstraints, [
      { topologyKey: "kubernetes.io/hostname", maxSkew: 1, whenUnsatisfiable: "ScheduleAnyway", ...pods },
    ]);
    assert.deepEqual(pod.affinity, {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 100, podAffinityTerm: { topologyKey: "topology.kubernetes.io/zone", ...pods } },
        ],
      },
    });
  });

  it("leaves a node that doesn't answer after half a minute, unless config says when", () => {
    const lost = { operator: "Exists", effect: "NoExecute", tolerationSeconds: 30 } as const;
    const [notReady, unreachable] = ["not-ready", "unreachable"].map((state) => {
      return { key: `node.kubernetes.io/${state}`, ...lost };
    });
    assert.deepEqual((pod.tolerations as object[]).slice(1), [notReady, unreachable]);
    const own = { key: "node.kubernetes.io/unreachable", ...lost, tolerationSeconds: 600 };
    const { tolerations } = podSpec("c", { ...args.pod, tolerations: [own] }, args.tracks[0]!);
    assert.deepEqual(tolerations, [own, notReady]);
  });

  it("tells the container about its pod, its release, its drain and what config adds", () => {
    const env = container.env as {
      name: string;
      value?: string;
      valueFrom?: { fieldRef: { fieldPath: string } };
    }[];
    const said = Object.fromEntries(
      env.map(({ name, value, valueFrom }) => [name, value ?? valueFrom?.fieldRef.fieldPath]),
    );
    assert.equal(env.length, Object.keys(said).length);
    assert.deepEqual(said, {
      MY_POD_NAME: "metadata.name",
      MY_POD_IP: "status.podIP",
      MY_POD_NAMESPACE: "metadata.namespace",
      MY_NODE_NAME: "spec.nodeName",
      GET_HOSTS_FROM: "dns",
      DRAIN_MS: String(timing.drain * 1000),
      SHUTDOWN_MS: String(timing.shutdown * 1000),
      PORT: "8080",
      METRICS_PORT: "9100",
      RELEASE_TRACK: "stable",
      RELEASE_VERSION: "abc",
      GREETING: "hi",
    });
    const always = reservedVariables.filter((variable) => !variable.startsWith("CPU_")); // those are an autoscaler's
    assert.deepEqual(Object.keys(said).sort(), [...always, "GREETING"].sort());
  });

  it("tells Prometheus what to scrape: by annotations and by a PodMonitor, never through the Service", () => {
    const port = { name: "metrics", containerPort: 9100 };
    assert.deepEqual((container.ports as object[]).slice(1), [port]);
    assert.deepEqual(templateOf(deployment).metadata.annotations, {
      "prometheus.io/scrape": "true",
      "prometheus.io/port": "9100",
      "prometheus.io/path": "/metrics",
    });
    const monitor = declared<{ spec: object }>("kubernetes:monitoring.coreos.com/v1:PodMonitor");
    assert.deepEqual(monitor.spec, {
      selector: { matchLabels: { name: "api" } },
      podMetricsEndpoints: [{ port: "metrics", path: "/metrics" }],
    });
  });

  it("lets a node be drained one pod at a time", () => {
    const { spec } = declared<{ spec: object }>("kubernetes:policy/v1:PodDisruptionBudget");
    assert.deepEqual(spec, {
      maxUnavailable: 1,
      selector: { matchLabels: { name: "api", release: "stable" } },
      unhealthyPodEvictionPolicy: "AlwaysAllow",
    });
  });

  it("admits requests from everywhere, metrics to the cluster, and lets the pods call everything", () => {
    const { spec } = declared<{ spec: Record<string, unknown> }>(
      "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    );
    assert.deepEqual(spec.podSelector, { matchLabels: { name: "api" } });
    assert.deepEqual(spec.policyTypes, ["Ingress"]);
    assert.deepEqual(spec.ingress, [
      { ports: [{ port: "http", protocol: "TCP" }] },
      { from: [{ namespaceSelector: {} }], ports: [{ port: "metrics", protocol: "TCP" }] },
    ]);
    assert.equal(spec.egress, undefined);
  });

  it("lets the pods call DNS and what config names, and nothing else", () => {
    const egress = [
      { cidr: "10.0.0.7/32", port: 5432 },
      { namespace: "shop", labels: { name: "pg" } },
    ];
    const specWith = (given: typeof egress) =>
      networkPolicy("api", { ...args, egress: given }).spec as { policyTypes: string[]; egress: object[] };
    const spec = specWith(egress);
    assert.deepEqual(spec.policyTypes, ["Ingress", "Egress"]);
    const pods = (namespace: string, matchLabels: object) => ({
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
      podSelector: { matchLabels },
    });
    assert.deepEqual(spec.egress, [
      {
        to: [pods("kube-system", { "k8s-app": "kube-dns" })],
        ports: [
          { port: 53, protocol: "UDP" },
          { port: 53, protocol: "TCP" },
        ],
      },
      { to: [{ ipBlock: { cidr: "10.0.0.7/32" } }], ports: [{ port: 5432, protocol: "TCP" }] },
      { to: [pods("shop", { name: "pg" })] },
    ]);
    assert.deepEqual(specWith([]).egress, [spec.egress[0]]);
  });

  it("probes the paths that config names", () => {
    const path = (probe: typeof container.livenessProbe) => (probe as { httpGet: object }).httpGet;
    assert.deepEqual(path(container.startupProbe), { path: "/alive", port: "http" });
    assert.deepEqual(path(container.livenessProbe), { path: "/alive", port: "http" });
    assert.deepEqual(path(container.readinessProbe), { path: "/ready", port: "http" });
  });

  it("leaves a pod time to drain and to answer a request of ten seconds", () => {
    assert.deepEqual(container.lifecycle, { preStop: { sleep: { seconds: timing.preStop } } });
    assert.ok(timing.shutdown >= timing.drain + 10);
    assert.ok((pod.terminationGracePeriodSeconds as number) > timing.preStop + timing.shutdown);
    assert.ok(timing.preStop + timing.drain < 10, "an idle pod is gone within ten seconds");
  });

  it("is admitted by the restricted Pod Security Standard", () => {
    assert.deepEqual(pod.securityContext, {
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      seccompProfile: { type: "RuntimeDefault" },
    });
    assert.deepEqual(container.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    assert.equal(pod.automountServiceAccountToken, false);
    assert.equal(pod.enableServiceLinks, false);
    assert.equal(container.terminationMessagePolicy, "FallbackToLogsOnError");
  });
});

function templateOf(deployment: k8s.types.input.apps.v1.Deployment) {
  return (deployment.spec as { template: { metadata: { labels: object; annotations: object } } }).template;
}

/** The part of a pod template that these tests read. */
interface Template {
  readonly metadata: { readonly labels: object };
  readonly spec: {
    readonly containers: readonly {
      readonly image: string;
      readonly resources: object;
      readonly env: readonly { readonly name: string; readonly value?: string }[];
    }[];
  };
}

function annotationsOf({ metadata }: k8s.types.input.apps.v1.Deployment) {
  return (metadata as { annotations: Record<string, string> }).annotations;
}

function pick(metadata: unknown) {
  const { namespace, name, annotations } = metadata as Record<string, unknown>;
  return { namespace, name, annotations };
}

describe("a service without a port of the node", () => {
  for (const [expose, type] of [
    ["LoadBalancer", "LoadBalancer"],
    ["ClusterIP", "ClusterIP"],
    ["Gateway", "ClusterIP"],
  ] as const) {
    it(`is a Service of type ${type} if it is exposed by ${expose}`, async () => {
      const gateway = expose === "Gateway" ? { name: "infra/public", host: "shop.example.com" } : undefined;
      const settings = { ...args, podMonitor: false, expose, nodePort: undefined, gateway };
      await declareService(settings);
      const { spec } = declared<{ spec: object }>("kubernetes:core/v1:Service");
      const ports = [{ name: "http", port: 8080, targetPort: "http", protocol: "TCP" }];
      assert.deepEqual(spec, { type, selector: { name: "api" }, ports });
      const routes = declaredResources().filter(({ type }) => type.endsWith(":HTTPRoute"));
      const route = {
        parentRefs: [{ name: "public", namespace: "infra" }],
        hostnames: ["shop.example.com"],
        rules: [{ backendRefs: [{ name: "api", port: 8080 }] }],
      };
      assert.deepEqual(
        routes.map(({ inputs }) => inputs["spec"]),
        gateway ? [route] : [],
      );
    });
  }
});

describe("a service with another track", () => {
  const resources = { requests: { cpu: "50m", memory: "50Mi" }, limits: { cpu: "1", memory: "64Mi" } };
  const env = { GREETING: "hello from beta" };
  const beta = { name: "beta", replicas: 0, release: "def", image: "api:def", env, resources };

  before(async () => {
    await declareService({ ...args, tracks: [...args.tracks, beta] });
  });

  it("has a Deployment and a PodDisruptionBudget for each, which find the track's pods alone", () => {
    for (const type of ["kubernetes:apps/v1:Deployment", "kubernetes:policy/v1:PodDisruptionBudget"]) {
      const found = declaredOf(type);
      const selectors = found.map(({ name, inputs }) => {
        const { selector } = inputs["spec"] as { selector: { matchLabels: object } };
        return [name, selector.matchLabels];
      });
      assert.deepEqual(selectors, [
        ["api", { name: "api", release: "stable" }],
        ["api-beta", { name: "api", release: "beta" }],
      ]);
    }
  });

  it("runs the track's release with the track's own settings, and otherwise the service's", () => {
    const deployments = declaredOf("kubernetes:apps/v1:Deployment");
    const [ofStable, ofBeta] = deployments.map(({ inputs }) => {
      const { replicas, template } = inputs["spec"] as { replicas: number; template: Template };
      const { image, resources, env, ...same } = template.spec.containers[0]!;
      const values = Object.fromEntries(env.map(({ name, value }) => [name, value]));
      const { GREETING, RELEASE_TRACK, RELEASE_VERSION, PORT } = values;
      const own = [replicas, image, resources, GREETING, RELEASE_TRACK, RELEASE_VERSION];
      return { own, same, PORT, labels: template.metadata.labels };
    });
    assert.deepEqual(ofBeta?.own, [0, "api:def", resources, env.GREETING, "beta", "def"]);
    assert.deepEqual(ofStable?.own, [3, "api:abc", args.pod.resources, "hi", "stable", "abc"]);
    assert.deepEqual([ofBeta?.same, ofBeta?.PORT], [ofStable?.same, "8080"]);
    assert.deepEqual(ofBeta?.labels, { ...labels, release: "beta" });
  });

  it("annotates each Deployment with a hash of the declared spec", () => {
    const deployments = declaredOf("kubernetes:apps/v1:Deployment");
    const hashes = deployments.map(({ inputs }) => annotationsOf(inputs)[HASH]);
    assert.equal(new Set(hashes).size, 2);
  });

  it("keeps objects that were deployed before there were tracks, as the service's own children", async () => {
    const former: [type: string, parent: unknown][] = [];
    const note = ({ type, opts }: pulumi.ResourceTransformationArgs) => {
      for (const { parent } of (opts.aliases ?? []) as pulumi.Alias[]) {
        if (parent !== undefined) former.push([type, parent]);
      }
      return undefined;
    };
    const api = await declareService(args, { transformations: [note] });
    assert.deepEqual(
      former.map(([type]) => type),
      ["kubernetes:apps/v1:Deployment", "kubernetes:policy/v1:PodDisruptionBudget"],
    );
    assert.ok(former.every(([, parent]) => parent === api));
  });

  it("has one Service for the pods of both", () => {
    const { spec } = declared<{ spec: { selector: object } }>("kubernetes:core/v1:Service");
    assert.deepEqual(spec.selector, { name: "api" });
  });
});

describe("a track with an autoscaler", () => {
  const autoscale = { min: 2, max: 8, cpuPercent: 60 };
  const ignored: string[][] = [];

  before(async () => {
    const note = ({ type, opts }: pulumi.ResourceTransformationArgs) => {
      const { ignoreChanges = [] } = opts as pulumi.CustomResourceOptions;
      if (type === "kubernetes:apps/v1:Deployment") ignored.push(ignoreChanges);
      return undefined;
    };
    const beta = { name: "beta", replicas: 2, autoscale, release: "def", image: "api:def" };
    const tracks = [...args.tracks, beta];
    await declareService({ ...args, tracks }, { transformations: [note] });
  });

  it("leaves the number of pods to it, and declares the other track's", () => {
    const deployments = declaredOf("kubernetes:apps/v1:Deployment");
    const replicas = deployments.map(({ name, inputs }) => {
      return [name, (inputs["spec"] as { replicas?: number }).replicas];
    });
    assert.deepEqual(Object.fromEntries(replicas), { api: 3, "api-beta": undefined });
    assert.deepEqual(ignored, [[], ["spec.replicas"]]);
  });

  it("has a target for the CPU use of its pods: a share of what they request", () => {
    const { metadata, spec } = declared<{ metadata: { labels: object }; spec: Record<string, unknown> }>(
      "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
    );
    const { scaleTargetRef, minReplicas, maxReplicas, metrics } = spec;
    assert.deepEqual(metadata.labels, { ...labels, release: "beta" });
    assert.deepEqual(scaleTargetRef, { apiVersion: "apps/v1", kind: "Deployment", name: "api-beta" });
    assert.deepEqual([minReplicas, maxReplicas], [2, 8]);
    const ofBeta = declaredOf("kubernetes:apps/v1:Deployment").find(({ name }) => name === "api-beta");
    const { template } = ofBeta!.inputs["spec"] as { template: Template };
    const target = template.spec.containers[0]!.env.find(({ name }) => name === "CPU_TARGET_PERCENT");
    assert.equal(target?.value, "60");
    const utilization = { type: "Utilization", averageUtilization: 60 };
    assert.deepEqual(metrics, [{ type: "Resource", resource: { name: "cpu", target: utilization } }]);
  });

  it("scales up at once, and down to the minimum within five minutes", () => {
    const { spec } = declared<{ spec: { behavior: typeof scaling } }>(
      "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
    );
    const { scaleUp, scaleDown } = spec.behavior;
    assert.equal(scaleUp.stabilizationWindowSeconds, 0);
    assert.ok(scaleDown.stabilizationWindowSeconds >= 60, "a dip of a minute costs no pod");
    assert.ok(scaleDown.stabilizationWindowSeconds < 240, "a minute is left to measure and to drain");
  });
});

describe("a minimal resilient service", () => {
  it("has no metrics, no PodMonitor and no NetworkPolicy", async () => {
    const pod = { ...args.pod, metricsPort: 0 };
    const bare = { ...args, pod, podMonitor: false, networkPolicy: false };
    await declareService(bare);
    const deployment = declared<k8s.types.input.apps.v1.Deployment>("kubernetes:apps/v1:Deployment");
    const { metadata, spec } = templateOf(deployment) as {
      metadata: { annotations: object };
      spec?: { containers: { ports: object[]; env: { name: string }[] }[] };
    };
    assert.deepEqual(metadata.annotations, {});
    assert.deepEqual(spec?.containers[0]?.ports, [{ name: "http", containerPort: 8080 }]);
    assert.ok(!spec.containers[0].env.some(({ name }) => name === "METRICS_PORT"));
    const kinds = declaredTypes().filter((type) => /PodMonitor|NetworkPolicy/.test(type));
    assert.deepEqual(kinds, []);
  });
});

describe("a resilient service whose image is in a registry that wants credentials", () => {
  it("passes them to the nodes in a Secret that the pods refer to", async () => {
    const pullSecret = '{"auths":{"ghcr.io":{"auth":"bWU6cHc="}}}';
    await declareService({ ...args, pullSecret });
    const secret = declared<k8s.types.input.core.v1.Secret>("kubernetes:core/v1:Secret");
    assert.equal(secret.type, "kubernetes.io/dockerconfigjson");
    const deployment = declared<k8s.types.input.apps.v1.Deployment>("kubernetes:apps/v1:Deployment");
    const { spec } = templateOf(deployment) as {
      metadata: { labels: object; annotations: object };
      spec?: { imagePullSecrets: { name: string }[] };
    };
    assert.deepEqual(
      spec?.imagePullSecrets.map(({ name }) => name.startsWith("api-pull")),
      [true],
    );
  });
});
