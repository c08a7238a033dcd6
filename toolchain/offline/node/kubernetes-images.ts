import { existsSync } from "node:fs";
import { copyFile, mkdir, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { which } from "../../acquire/path";
import { installPackages } from "../../apt";
import type { Machine } from "../../machine";
import type { Say } from "../../step";
import type { Found } from "../../tool";
import { VERSIONS } from "../../tools";
import { DEBIAN_BASE } from "./debian-base";
import { buildImage, oneBinary, saveImage, type ImageSource } from "../image-build";
import { dirOf } from "./node-image";
import { ROOT } from "../../../common/root";

const REGISTRY = "registry.k8s.io";

/** The images that any node may run. minikube loads those of its cache only into the first node. */
const ON_EVERY_NODE = /\/(pause|kube-proxy|coredns):/;

/**
 * Puts what kubeadm needs and can't be pulled into minikube's cache: images as archives, and binaries for the node. Keeps
 * existing files.
 *
 * @returns the archives of the images that any node may run
 */
export async function ensureKubernetesImages(
  machine: Machine,
  built: readonly Found[],
  say: Say,
): Promise<string[]> {
  const sources = await imageSources(machine, built, say);
  for (const source of sources) {
    const file = archiveOf(machine, source.tag);
    if (existsSync(file)) continue;
    say(`building ${source.tag}`);
    await buildImage(source, say, machine.env);
    await saveImage(source.tag, file, machine.env);
  }
  await copyBinaries(machine, built);
  return sources.filter(({ tag }) => ON_EVERY_NODE.test(tag)).map(({ tag }) => archiveOf(machine, tag));
}

async function imageSources(machine: Machine, built: readonly Found[], say: Say): Promise<ImageSource[]> {
  const kubernetes = dirOf("kubernetes", built);
  const component = (name: string) =>
    oneBinary(`${REGISTRY}/${name}:v${VERSIONS.kubernetes}`, join(kubernetes, name));
  return [
    component("kube-apiserver"),
    component("kube-controller-manager"),
    component("kube-scheduler"),
    {
      tag: `${REGISTRY}/kube-proxy:v${VERSIONS.kubernetes}`,
      dockerfile: { file: join(ROOT, "toolchain/offline/node/kube-proxy.Dockerfile") },
      files: { "kube-proxy": join(kubernetes, "kube-proxy") },
      args: { BASE: DEBIAN_BASE },
    },
    oneBinary(`${REGISTRY}/etcd:${VERSIONS.etcd}-0`, join(dirOf("etcd", built), "etcd")),
    oneBinary(`${REGISTRY}/coredns/coredns:v${VERSIONS.coredns}`, join(dirOf("coredns", built), "coredns")),
    await pause(machine, say),
  ];
}

/** The pause image. catatonit's pause mode holds a pod's namespaces and reaps its orphans, as Kubernetes' pause does. */
async function pause(machine: Machine, say: Say): Promise<ImageSource> {
  const path = machine.env.PATH ?? "";
  if (which("catatonit", path) === undefined) await installPackages(machine, ["catatonit"], say);
  return {
    tag: `${REGISTRY}/pause:${VERSIONS.pause}`,
    dockerfile: { text: 'FROM scratch\nCOPY pause /pause\nENTRYPOINT ["/pause", "-P"]\n' },
    files: { pause: which("catatonit", path) ?? "/usr/bin/catatonit" },
  };
}

/** The file of an image in minikube's cache: its name, with the tag after an underscore. */
function archiveOf(machine: Machine, tag: string): string {
  return join(machine.minikubeHome, "cache", "images", machine.arch, tag.replace(/:([^:]+)$/, "_$1"));
}

async function copyBinaries(machine: Machine, built: readonly Found[]): Promise<void> {
  const dir = join(machine.minikubeHome, "cache", machine.os, machine.arch, `v${VERSIONS.kubernetes}`);
  await mkdir(dir, { recursive: true });
  for (const [name, tool] of [
    ["kubeadm", "kubernetes"],
    ["kubelet", "kubernetes"],
    ["kubectl", "kubectl"],
  ] as const) {
    const file = join(dir, name);
    if (existsSync(file)) continue;
    const temporary = join(dirname(file), `.${name}.${process.pid}`);
    await copyFile(join(dirOf(tool, built), name), temporary);
    await rename(temporary, file);
  }
}
