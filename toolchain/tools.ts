import { join } from "node:path";
import type { Machine } from "./machine";
import type { Release, Tool } from "./tool";

/** The versions that belong together. A test compares them with those in package.json. */
export const VERSIONS = {
  pulumi: "3.250.0",
  kubernetesPlugin: "4.25.0",
  dockerPlugin: "5.2.0",
  /** The newest version that can be built from the Go proxy. */
  minikube: "1.38.1",
  /** 1.34 runs with cgroup v1 and v2. 1.35 refuses v1 by default. */
  kubernetes: "1.34.3",
  etcd: "3.6.5",
  coredns: "1.12.1",
  pause: "3.10.1",
  /** The newest version of the addon's 0.8 that the Go proxy has. */
  metricsServer: "0.8.0",
} as const;

const [kubernetesMajor = "", kubernetesMinor = ""] = VERSIONS.kubernetes.split(".");

/** The link-time variables with the version of a Kubernetes binary. */
const kubernetesVariables = {
  "k8s.io/component-base/version.gitVersion": `v${VERSIONS.kubernetes}`,
  "k8s.io/component-base/version.gitMajor": kubernetesMajor,
  "k8s.io/component-base/version.gitMinor": kubernetesMinor,
};

const pulumi: Tool = {
  name: "pulumi",
  version: VERSIONS.pulumi,
  executables: ["pulumi", "pulumi-language-nodejs"],
  onPath: { fits: VERSIONS.pulumi, versionArgs: ["version"] },
  release: ({ os, arch }) => ({
    url: `${github("pulumi/pulumi", VERSIONS.pulumi)}/pulumi-v${VERSIONS.pulumi}-${os}-${arch === "amd64" ? "x64" : arch}.tar.gz`,
    checksums: `${github("pulumi/pulumi", VERSIONS.pulumi)}/pulumi-${VERSIONS.pulumi}-checksums.txt`,
    strip: 1,
  }),
  modules: [
    {
      folder: "pulumi",
      packages: { pulumi: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi" },
      variables: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${VERSIONS.pulumi}` },
    },
    {
      // The Go proxy doesn't have its later, separate module. This one has the same protocol.
      folder: "pulumi-language-nodejs",
      packages: {
        "pulumi-language-nodejs": "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
      },
      variables: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${VERSIONS.pulumi}` },
      scripts: {
        module: "github.com/pulumi/pulumi/sdk/v3",
        files: ["nodejs/dist/pulumi-resource-pulumi-nodejs", "nodejs/dist/pulumi-analyzer-policy"],
      },
    },
  ],
  // The folder in which `npx pulumi` and the Automation API expect the CLI.
  home: ({ pulumiHome }) => join(pulumiHome, "versions", VERSIONS.pulumi, "bin"),
  byHand: `install Pulumi ${VERSIONS.pulumi}: https://www.pulumi.com/docs/install/versions`,
};

const minikube: Tool = {
  name: "minikube",
  version: VERSIONS.minikube,
  executables: ["minikube"],
  onPath: { fits: ">=1.35", versionArgs: ["version", "--short"] },
  release: ({ os, arch }) =>
    bare(`${github("kubernetes/minikube", VERSIONS.minikube)}/minikube-${os}-${arch}`),
  modules: [
    {
      folder: "minikube",
      packages: { minikube: "k8s.io/minikube/cmd/minikube" },
      variables: {
        "k8s.io/minikube/pkg/version.version": `v${VERSIONS.minikube}`,
        // Without it, the addon's manifest isn't valid, and a start retries for two minutes.
        "k8s.io/minikube/pkg/version.storageProvisionerVersion": "v5",
      },
      cgo: true,
      tags: "libvirt_dlopen",
    },
  ],
  byHand: "install minikube: https://minikube.sigs.k8s.io/docs/start",
};

const kubectl: Tool = {
  name: "kubectl",
  version: VERSIONS.kubernetes,
  executables: ["kubectl"],
  // At most one minor version from the API server's: https://kubernetes.io/releases/version-skew-policy/#kubectl
  onPath: {
    fits: `>=1.${Number(kubernetesMinor) - 1} <1.${Number(kubernetesMinor) + 2}`,
    versionArgs: ["version", "--client"],
  },
  release: ({ os, arch }) =>
    bare(`https://dl.k8s.io/release/v${VERSIONS.kubernetes}/bin/${os}/${arch}/kubectl`),
  modules: [
    {
      folder: "kubernetes",
      packages: { kubectl: "k8s.io/kubernetes/cmd/kubectl" },
      variables: kubernetesVariables,
    },
  ],
  byHand: "install kubectl: https://kubernetes.io/docs/tasks/tools",
};

/** The tools that run on this machine. */
export const hostTools = { pulumi, minikube, kubectl } as const;

const nodeComponents = [
  "kubeadm",
  "kubelet",
  "kube-proxy",
  "kube-scheduler",
  "kube-controller-manager",
  "kube-apiserver",
] as const;

/** The tools in a node image that this project builds. PATH isn't searched for them. */
export const nodeTools: readonly Tool[] = [
  {
    name: "kubernetes",
    version: VERSIONS.kubernetes,
    executables: nodeComponents,
    modules: [
      {
        folder: "kubernetes",
        packages: Object.fromEntries(nodeComponents.map((name) => [name, `k8s.io/kubernetes/cmd/${name}`])),
        variables: kubernetesVariables,
      },
    ],
    byHand: "make the node's image registry reachable",
  },
  nodeTool("cri-dockerd", "0.4.3", "github.com/Mirantis/cri-dockerd"),
  nodeTool("crictl", "1.36.0", "sigs.k8s.io/cri-tools/cmd/crictl"),
  nodeTool("etcd", VERSIONS.etcd, "go.etcd.io/etcd/server/v3"),
  nodeTool("coredns", VERSIONS.coredns, "github.com/coredns/coredns"),
];

/** metrics-server measures pods for an autoscaler. It runs in the cluster. */
export const metricsServer = nodeTool(
  "metrics-server",
  VERSIONS.metricsServer,
  "sigs.k8s.io/metrics-server/cmd/metrics-server",
);

const kubernetesPlugin: Tool = {
  ...plugin("kubernetes", VERSIONS.kubernetesPlugin),
  modules: [{ folder: "pulumi-resource-kubernetes", packages: { "pulumi-resource-kubernetes": "." } }],
};

const dockerPlugin: Tool = plugin("docker", VERSIONS.dockerPlugin);

/** Pulumi's provider plugins, in the folders in which the engine expects them. */
export const plugins = { kubernetes: kubernetesPlugin, docker: dockerPlugin } as const;

const PROMETHEUS = "3.15.1";

/** The newest version that the oldest supported Go builds. It finds targets only in Kubernetes, and has no web pages. */
const prometheus: Tool = {
  name: "prometheus",
  version: PROMETHEUS,
  executables: ["prometheus"],
  release: ({ os, arch }) => ({
    url: `${github("prometheus/prometheus", PROMETHEUS)}/prometheus-${PROMETHEUS}.${os}-${arch}.tar.gz`,
    checksums: `${github("prometheus/prometheus", PROMETHEUS)}/sha256sums.txt`,
    strip: 1,
  }),
  modules: [
    {
      folder: "prometheus",
      packages: { prometheus: "github.com/prometheus/prometheus/cmd/prometheus" },
      variables: { "github.com/prometheus/common/version.Version": PROMETHEUS },
      tags: "remove_all_sd,enable_kubernetes_sd",
    },
  ],
  byHand: "make its release or the Go module proxy reachable",
};

const COMPOSE = "2.40.3";

/** The newest version that the oldest supported Go builds. As a separate program, it needs no Docker CLI with plugins. */
const compose: Tool = {
  name: "docker-compose",
  version: COMPOSE,
  executables: ["docker-compose"],
  onPath: { fits: ">=2", versionArgs: ["version", "--short"] },
  release: ({ os, arch }) =>
    bare(
      `${github("docker/compose", COMPOSE)}/docker-compose-${os}-${arch === "amd64" ? "x86_64" : "aarch64"}`,
    ),
  modules: [
    {
      folder: "compose",
      packages: { "docker-compose": "github.com/docker/compose/v2/cmd" },
      variables: { "github.com/docker/compose/v2/internal.Version": `v${COMPOSE}` },
    },
  ],
  byHand: "install Docker Compose: https://docs.docker.com/compose/install",
};

const DISTRIBUTION = "3.1.2";

const registry: Tool = {
  name: "registry",
  version: DISTRIBUTION,
  executables: ["registry"],
  release: ({ os, arch }) => {
    const url = `${github("distribution/distribution", DISTRIBUTION)}/registry_${DISTRIBUTION}_${os}_${arch}.tar.gz`;
    return { url, checksums: `${url}.sha256`, strip: 0 };
  },
  modules: [
    {
      folder: "registry",
      packages: { registry: "github.com/distribution/distribution/v3/cmd/registry" },
      variables: { "github.com/distribution/distribution/v3/version.version": `v${DISTRIBUTION}` },
    },
  ],
  byHand: "make its release or the Go module proxy reachable",
};

const KUBE_ROUTER = "2.1.0";

/** What enforces NetworkPolicies with iptables and ipset. The newest that the Go proxy serves. */
const kubeRouter: Tool = {
  name: "kube-router",
  version: KUBE_ROUTER,
  executables: ["kube-router"],
  release: ({ os, arch }) => {
    const file = `${github("cloudnativelabs/kube-router", KUBE_ROUTER)}/kube-router_${KUBE_ROUTER}`;
    return { url: `${file}_${os}_${arch}.tar.gz`, checksums: `${file}_checksums.txt`, strip: 0 };
  },
  modules: [
    {
      folder: "kube-router",
      packages: { "kube-router": "github.com/cloudnativelabs/kube-router/v2/cmd/kube-router" },
    },
  ],
  byHand: "make its release or the Go module proxy reachable",
};

/** Tools for tests and benchmarks. `npm run up` doesn't install them. */
export const testTools = { prometheus, compose, registry, kubeRouter } as const;

function plugin(kind: string, version: string): Tool {
  const downloads = github(`pulumi/pulumi-${kind}`, version);
  return {
    name: `pulumi-resource-${kind}`,
    version,
    executables: [`pulumi-resource-${kind}`],
    // Any version on PATH fits: the engine uses a plugin on PATH before any other.
    onPath: {},
    release: ({ os, arch }) => ({
      url: `${downloads}/pulumi-resource-${kind}-v${version}-${os}-${arch}.tar.gz`,
      checksums: `${downloads}/pulumi-${kind}_${version}_checksums.txt`,
      strip: 0,
    }),
    home: ({ pulumiHome }: Machine) => join(pulumiHome, "plugins", `resource-${kind}-v${version}`),
    byHand: `npx pulumi plugin install resource ${kind} ${version}`,
  };
}

function nodeTool(name: string, version: string, packagePath: string): Tool {
  return {
    name,
    version,
    executables: [name],
    modules: [{ folder: name, packages: { [name]: packagePath } }],
    byHand: "make the node's image registry reachable",
  };
}

function github(repository: string, version: string): string {
  return `https://github.com/${repository}/releases/download/v${version}`;
}

/** A release of one executable, with its checksum in a file beside it. */
function bare(url: string): Release {
  return { url, checksums: `${url}.sha256` };
}
