import { acquire } from "./acquire";
import { sweep } from "./acquire/sweep";
import {
  ensureBaseImage,
  makeNode,
  minikubeOf,
  needsOwnNode,
  ensureProfile,
  type ClusterRequest,
  type Minikube,
} from "./cluster";
import { ensureDocker } from "./docker";
import { ensurePulumi } from "./pulumi";
import { linkTools } from "./links";
import type { Machine } from "./machine";
import { ensureDockerPlugin, ensureKubernetesPlugin } from "./plugins";
import type { Say, Step } from "./step";
import type { Found } from "./tool";
import { hostTools, plugins } from "./tools";
import { takeTurn } from "./turn";

/** What the steps hand on: each finds or makes a part of it. */
export interface Bringup {
  readonly machine: Machine;
  /** The tools that have been found so far, by name. */
  readonly tools: Map<string, Found>;
  /** The cluster that is wanted; known once the stack's config has been read. */
  cluster?: ClusterRequest;
  /** The base image of the service, as its Dockerfile names it; undefined where it names none that we know of. */
  baseImage?: string | undefined;
  /** Lets the next run prepare this machine; known once it is this one's turn. */
  endTurn?: () => void;
  /** The folder to put on PATH to have minikube and kubectl there. */
  toolFolder?: string | undefined;
}

/**
 * The Pulumi CLI, where `npx pulumi` finds it. It comes first: it reads the stack's config. From here on, until the
 * last of the cluster's steps or the end of the process, no other run prepares this machine.
 */
export const pulumiStep: Step<Bringup> = {
  title: "Pulumi",
  async run(context, say) {
    context.endTurn = await takeTurn(context.machine, say);
    await sweep(context.machine);
    return cliStep.run(context, say);
  },
};

const cliStep = toolStep("Pulumi", hostTools.pulumi.name, ensurePulumi);

/** The engine's plugins, where it looks for them. */
export const pluginSteps: readonly Step<Bringup>[] = [
  toolStep("Pulumi's Docker plugin", plugins.docker.name, ensureDockerPlugin),
  toolStep("Pulumi's Kubernetes plugin", plugins.kubernetes.name, ensureKubernetesPlugin),
];

export const minikubeStep: Step<Bringup> = toolStep("minikube", hostTools.minikube.name, (machine, say) =>
  acquire(hostTools.minikube, machine, say),
);

/** From a machine with the CLI to a cluster that the stack can be deployed to, in this order. */
export const clusterSteps: readonly Step<Bringup>[] = [
  { title: "Docker", run: async ({ machine }, say) => `Engine ${await ensureDocker(machine, say)}` },
  minikubeStep,
  toolStep("kubectl", hostTools.kubectl.name, (machine, say) => acquire(hostTools.kubectl, machine, say)),
  { title: "Links", run: link },
  { title: "Cluster", run: startCluster },
  ...pluginSteps,
  { title: "Base image", run: seeToBaseImage },
];

function toolStep(
  title: string,
  name: string,
  get: (machine: Machine, say: Say) => Promise<Found>,
): Step<Bringup> {
  return {
    title,
    async run({ machine, tools }, say) {
      const found = await get(machine, say);
      tools.set(name, found);
      return `${found.version} (${found.source})`;
    },
  };
}

async function link(context: Bringup): Promise<string> {
  const names = [hostTools.minikube.name, hostTools.kubectl.name];
  context.toolFolder = await linkTools(
    context.machine,
    names.map((name) => toolNamed(context, name)),
  );
  return context.toolFolder ?? "minikube and kubectl are on PATH";
}

async function startCluster(context: Bringup, say: Say): Promise<string> {
  const { machine } = context;
  const request = clusterOf(context);
  const getNodeImage = async () => {
    if (!(await needsOwnNode(machine, say))) return undefined;
    return await makeNode(machine, toolNamed(context, hostTools.kubectl.name), say);
  };
  const started = await ensureProfile(minikubeIn(context), request, getNodeImage, say);
  return `${request.profile} ${started ? "started" : "is running"}`;
}

async function seeToBaseImage(context: Bringup, say: Say): Promise<string> {
  const { baseImage, endTurn } = context;
  const { profile } = clusterOf(context);
  const done =
    baseImage && `${baseImage}: ${await ensureBaseImage(minikubeIn(context), profile, baseImage, say)}`;
  endTurn?.();
  return done ?? "none is named";
}

/** minikube, once its step has found it. */
export function minikubeIn(context: Bringup): Minikube {
  return minikubeOf(toolNamed(context, hostTools.minikube.name), context.machine);
}

function clusterOf({ cluster }: Bringup): ClusterRequest {
  if (cluster === undefined) throw new Error("the stack's config has not been read");
  return cluster;
}

function toolNamed({ tools }: Bringup, name: string): Found {
  const found = tools.get(name);
  if (found === undefined) throw new Error(`${name} has not been looked for`);
  return found;
}
