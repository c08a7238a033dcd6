import { join } from "node:path";
import type { DaemonAddress } from "../common/docker-client";
import { exclusively } from "../common/lock.mjs";
import { acquire } from "./acquire";
import { sweep } from "./acquire/sweep";
import {
  ensureBaseImages,
  ensureMetricsServer,
  minikubeOf,
  needsOwnNode,
  ensureProfile,
  type ClusterRequest,
  type Minikube,
  type RunningProfile,
} from "./cluster";
import { ensureDocker } from "./docker";
import { ensurePulumi } from "./pulumi";
import { linkTools } from "./links";
import type { Machine } from "./machine";
import { ensureDockerPlugin, ensureKubernetesPlugin } from "./plugins";
import type { RunStep, Say } from "./step";
import type { Found } from "./tool";
import { hostTools } from "./tools";

/**
 * Runs `work` while no other run of this project prepares this machine. Two would build the same tools twice, and one
 * would find the cluster that the other is just making.
 */
export function whilePreparing<T>(machine: Machine, say: Say, work: () => Promise<T>): Promise<T> {
  return exclusively(
    join(machine.cacheDir, "preparing"),
    async () => {
      await sweep(machine);
      return work();
    },
    (pid) => say(`another run is preparing this machine (pid ${pid}): waiting`, "notice"),
  );
}

/** Installs the Pulumi CLI where `npx pulumi` finds it. It comes first, because it reads the stack's config. */
export function preparePulumi(machine: Machine, runStep: RunStep): Promise<Found> {
  return runStep("Pulumi", (say) => ensurePulumi(machine, say), version);
}

/** Gets minikube. */
export async function prepareMinikube(machine: Machine, runStep: RunStep): Promise<Minikube> {
  const found = await runStep("minikube", (say) => acquire(hostTools.minikube, machine, say), version);
  return minikubeOf(found, machine);
}

/**
 * Installs the engine's plugins where the engine looks for them.
 *
 * @param builds whether an image is going to be built
 */
export async function preparePlugins(machine: Machine, builds: boolean, runStep: RunStep): Promise<void> {
  await runStep("Pulumi's Docker plugin", (say) => ensureDockerPlugin(machine, builds, say), version);
  await runStep("Pulumi's Kubernetes plugin", (say) => ensureKubernetesPlugin(machine, say), version);
}

/**
 * From a machine with the Pulumi CLI to a cluster that the stack can be deployed to.
 *
 * @param request undefined for a cluster that somebody else sees to
 * @returns the folder to put on PATH to have minikube and kubectl there; undefined if they are there
 */
export async function prepareCluster(
  machine: Machine,
  request: ClusterRequest | undefined,
  runStep: RunStep,
): Promise<string | undefined> {
  const engine = (of: string) => `Engine ${of}`;
  await runStep("Docker", (say) => ensureDocker(machine, say), engine);
  const minikube = await runStep("minikube", (say) => acquire(hostTools.minikube, machine, say), version);
  const kubectl = await runStep("kubectl", (say) => acquire(hostTools.kubectl, machine, say), version);
  const onPath = (folder: string | undefined) => folder ?? "minikube and kubectl are on PATH";
  const toolFolder = await runStep("Links", () => linkTools(machine, [minikube, kubectl]), onPath);
  const cluster = minikubeOf(minikube, machine);
  if (request !== undefined) {
    await runStep("Cluster", (say) => startCluster(cluster, kubectl, request, say), asItIs);
  }
  return toolFolder;
}

/** Gets metrics-server into the cluster, which autoscalers alone need. */
export async function prepareMetricsServer(
  machine: Machine,
  cluster: RunningProfile,
  runStep: RunStep,
): Promise<void> {
  await runStep(
    "metrics-server",
    async (say) => {
      const minikube = minikubeOf(await acquire(hostTools.minikube, machine, say), machine);
      const kubectl = await acquire(hostTools.kubectl, machine, say);
      return ensureMetricsServer(minikube, kubectl, cluster, say);
    },
    asItIs,
  );
}

/**
 * Prepares the images that the service is built upon, as its Dockerfile names them.
 *
 * @param builder the Docker daemon that builds
 */
export async function prepareBaseImages(
  machine: Machine,
  builder: DaemonAddress,
  images: readonly string[],
  runStep: RunStep,
): Promise<void> {
  await runStep("Base images", (say) => ensureBaseImages(machine, builder, images, say), asItIs);
}

/** @returns what was done */
async function startCluster(
  minikube: Minikube,
  kubectl: Found,
  request: ClusterRequest,
  say: Say,
): Promise<string> {
  const { machine } = minikube;
  const getNodeImage = async () => {
    if (!(await needsOwnNode(machine, say))) return undefined;
    const { makeNode } = await import("./offline/index.js");
    return await makeNode(machine, kubectl, say);
  };
  const started = await ensureProfile(minikube, request, getNodeImage, say);
  return `${request.profile} ${started ? "started" : "is running"}`;
}

function version(found: Found): string {
  return `${found.version} (${found.source})`;
}

function asItIs(outcome: string): string {
  return outcome;
}
