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
import { ensureDockerPlugin, ensurePulumi } from "./pulumi";
import { linkTools } from "./links";
import type { Machine } from "./machine";
import type { RunStep, Say } from "./step";
import type { Found } from "./tool";
import { hostTools, plugins } from "./tools";

/**
 * Runs `work` while no other process of this project prepares this machine. Two at the same time would build the same
 * tools twice, and one would find the unfinished cluster of the other.
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

/** Installs the Pulumi CLI where `npx pulumi` finds it. This is the first step: the CLI reads the stack's config. */
export function preparePulumi(machine: Machine, runStep: RunStep): Promise<Found> {
  return runStep("Pulumi", (say) => ensurePulumi(machine, say), version);
}

/** Installs minikube. */
export async function prepareMinikube(machine: Machine, runStep: RunStep): Promise<Minikube> {
  const found = await runStep("minikube", (say) => acquire(hostTools.minikube, machine, say), version);
  return minikubeOf(found, machine);
}

/**
 * Installs Pulumi's plugins where the engine finds them.
 *
 * @param builds whether the update builds an image
 */
export async function preparePlugins(machine: Machine, builds: boolean, runStep: RunStep): Promise<void> {
  await runStep("Pulumi's Docker plugin", (say) => ensureDockerPlugin(machine, builds, say), version);
  await runStep("Pulumi's Kubernetes plugin", (say) => acquire(plugins.kubernetes, machine, say), version);
}

/**
 * Prepares Docker, minikube, kubectl and the cluster.
 *
 * @param request undefined for a cluster that isn't minikube's
 * @returns the folder with minikube and kubectl, to put on PATH; undefined if both are on PATH
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
    await runStep("Cluster", (say) => startCluster(cluster, kubectl, request, say));
  }
  return toolFolder;
}

/** Ensures that metrics-server runs in the cluster. Only autoscalers need it. */
export async function prepareMetricsServer(
  machine: Machine,
  cluster: RunningProfile,
  runStep: RunStep,
): Promise<void> {
  await runStep("metrics-server", async (say) => {
    const minikube = minikubeOf(await acquire(hostTools.minikube, machine, say), machine);
    const kubectl = await acquire(hostTools.kubectl, machine, say);
    return ensureMetricsServer(minikube, kubectl, cluster, say);
  });
}

/**
 * Prepares the base images of the service.
 *
 * @param builder the Docker daemon that builds the service
 * @param images the names in the Dockerfile
 */
export async function prepareBaseImages(
  machine: Machine,
  builder: DaemonAddress,
  images: readonly string[],
  runStep: RunStep,
): Promise<void> {
  await runStep("Base images", (say) => ensureBaseImages(machine, builder, images, say));
}

/** @returns what was done, in a few words */
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
