import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { dependencies } from "../../package.json";
import npxPulumi from "../../toolchain/pulumi-cli/package.json";
import type { Machine } from "../../toolchain/machine";
import type { Tool } from "../../toolchain/tool";
import { hostTools, metricsServer, nodeTools, plugins, testTools, VERSIONS } from "../../toolchain/tools";
import { Sandbox } from "../support/sandbox";

const MODULES = join(__dirname, "..", "..", "toolchain", "offline", "modules");
const tools = [hostTools, nodeTools, { metricsServer }, plugins, testTools].flatMap((group): Tool[] =>
  Object.values(group),
);

/** What must be required for a tool's executables to be of its version, by the folder that pins it. */
const pins: Readonly<Record<string, string>> = {
  pulumi: `github.com/pulumi/pulumi/pkg/v3 v${VERSIONS.pulumi}`,
  minikube: `k8s.io/minikube v${VERSIONS.minikube}`,
  kubernetes: `k8s.io/kubernetes v${VERSIONS.kubernetes}`,
  etcd: `go.etcd.io/etcd/server/v3 v${VERSIONS.etcd}`,
  coredns: `github.com/coredns/coredns v${VERSIONS.coredns}`,
  "cri-dockerd": `github.com/Mirantis/cri-dockerd v${versionOf("cri-dockerd")}`,
  crictl: `sigs.k8s.io/cri-tools v${versionOf("crictl")}`,
  "metrics-server": `sigs.k8s.io/metrics-server v${VERSIONS.metricsServer}`,
  prometheus: `github.com/prometheus/prometheus ${asModule(testTools.prometheus.version)}`,
  registry: `github.com/distribution/distribution/v3 v${testTools.registry.version}`,
  "kube-router": `github.com/cloudnativelabs/kube-router/v2 v${testTools.kubeRouter.version}`,
  compose: `github.com/docker/compose/v2 v${testTools.compose.version}`,
  // Pinned by the commit of the release, or older for a reason that tools.ts gives.
  "pulumi-language-nodejs": "github.com/pulumi/pulumi/sdk/v3 v3.",
  "pulumi-resource-kubernetes": "github.com/pulumi/pulumi-kubernetes/provider/v4 v4.0.0-",
};

describe("the table of tools", () => {
  it("has the versions that package.json pins for npm", () => {
    assert.equal(VERSIONS.pulumi, npxPulumi.version);
    assert.equal(VERSIONS.kubernetesPlugin, dependencies["@pulumi/kubernetes"]);
    assert.equal(VERSIONS.dockerPlugin, dependencies["@pulumi/docker"]);
  });

  it("has the version that the Kubernetes plugin's executable reports", () => {
    const source = readFileSync(join(MODULES, "pulumi-resource-kubernetes", "main.go"), "utf8");
    assert.equal(/const version = "(.*)"/.exec(source)?.[1], VERSIONS.kubernetesPlugin);
  });

  it("accepts a kubectl within one minor version of the cluster's", () => {
    assert.equal(hostTools.kubectl.onPath?.fits, ">=1.33 <1.36");
  });

  for (const { name, modules = [], executables } of tools) {
    for (const { folder, packages } of modules) {
      it(`pins what ${name} is built from, in modules/${folder}, with go.sum`, () => {
        const required = requirements(readFileSync(join(MODULES, folder, "go.mod"), "utf8"));
        const pin = pins[folder] ?? "a pin in this test's table";
        assert.ok(
          required.some((line) => line === pin || (pin.match(/[.-]$/) && line.startsWith(pin))),
          pin,
        );
        assert.ok(existsSync(join(MODULES, folder, "go.sum")));
        assert.deepEqual(
          Object.keys(packages).filter((executable) => !executables.includes(executable)),
          [],
        );
      });
    }
  }

  it("names a release and its checksums over HTTPS, for every machine", () => {
    const { machine } = new Sandbox();
    const machines: readonly Machine[] = [
      { ...machine, os: "linux", arch: "amd64" },
      { ...machine, os: "darwin", arch: "arm64" },
    ];
    for (const { name, release, version } of tools) {
      for (const { url, checksums } of machines.flatMap((each) => release?.(each) ?? [])) {
        assert.ok(url.startsWith("https://") && checksums.startsWith("https://"), name);
        assert.ok(url.includes(`v${version}`) && checksums.includes(version), `${name}: ${url}`);
      }
    }
  });

  it("installs into Pulumi's home what Pulumi looks for there", () => {
    const { machine } = new Sandbox();
    const homes = [hostTools.pulumi, plugins.kubernetes, plugins.docker].map(({ home }) => home?.(machine));
    assert.deepEqual(homes, [
      join(machine.pulumiHome, "versions", VERSIONS.pulumi, "bin"),
      join(machine.pulumiHome, "plugins", `resource-kubernetes-v${VERSIONS.kubernetesPlugin}`),
      join(machine.pulumiHome, "plugins", `resource-docker-v${VERSIONS.dockerPlugin}`),
    ]);
  });
});

function versionOf(name: string): string {
  return nodeTools.find((tool) => tool.name === name)?.version ?? "?";
}

/** The lines of go.mod that require a module, `path version`. */
function requirements(goMod: string): string[] {
  return [...goMod.matchAll(/^(?:require\s+|\t)(\S+ v\S+)/gm)].map(([, line = ""]) => line);
}

/** Prometheus' 3.15.1 is the Go module's v0.315.1. */
function asModule(version: string): string {
  const [major = "", minor = "", patch = ""] = version.split(".");
  return `v0.${major}${minor.padStart(2, "0")}.${patch}`;
}
