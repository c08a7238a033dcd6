import { UserError } from "../../common/problem";
import { ApiServer } from "./api-server";
import type { Environment } from "./environment";
import { findContext, type FoundContext } from "./kubeconfig";
import { statusOf } from "./kubernetes-client";
import { limits } from "./limits";
import { findNodeDaemon, type NodeDaemon } from "../kinds/minikube/node-daemon";
import { readProfile, type Profile } from "../kinds/minikube/profile";

/** A minikube cluster that answers and that the stack can be deployed to. */
export interface Cluster {
  readonly context: string;
  /** The client configuration file in which the context stands. */
  readonly kubeconfig: string;
  readonly profile: Profile;
  /** Another after `minikube delete` and `minikube start`, although every name is the same. */
  readonly id: string;
  readonly api: ApiServer;
  readonly daemon: NodeDaemon;
}

/**
 * Connects to the cluster of a context, whichever context is the current one. It only reads.
 *
 * @throws {UserError} where the context doesn't exist, or isn't that of a minikube cluster with one node whose
 * runtime is docker, or where the cluster doesn't answer; within 5 seconds
 */
export async function connect(context: string, environment: Environment): Promise<Cluster> {
  const found = await lookUp(context, environment);
  const profile = await readProfile(environment.minikubeHome, found.cluster);
  if (profile === undefined) throw notMinikube(context, environment);
  refuseUnfit(profile);
  const api = await ApiServer.connect(found.client);
  const [daemon, id] = await Promise.all([findNodeDaemon(profile, environment), identify(api, profile)]);
  return { context, kubeconfig: found.file, profile, id, api, daemon };
}

/** `minikube stop` takes the context away: a profile of that name and its node tell why there is none. */
async function lookUp(context: string, environment: Environment): Promise<FoundContext> {
  try {
    return await findContext(environment.kubeconfigs, context);
  } catch (error) {
    const profile = await readProfile(environment.minikubeHome, context);
    if (profile !== undefined) await findNodeDaemon(profile, environment);
    throw error;
  }
}

/** Clusters have no identity of their own; the oldest namespace's is what others take for it. */
async function identify(api: ApiServer, { name }: Profile): Promise<string> {
  try {
    const oldest = await api.namespace("kube-system");
    return oldest?.metadata?.uid ?? "";
  } catch (error) {
    throw noAnswer(name, error as Error);
  }
}

function refuseUnfit({ name, runtime, nodeIps }: Profile): void {
  const recreate = `minikube start -p another --container-runtime=docker, then: npx pulumi config set context another`;
  if (runtime !== "docker") {
    throw new UserError({
      what: `The minikube cluster ${name} runs its containers with ${runtime}: there is no Docker daemon to build in.`,
      allowed: "a cluster started with --container-runtime=docker",
      todo: recreate,
    });
  }
  if (nodeIps.length > 1) {
    throw new UserError({
      what: `The minikube cluster ${name} has ${nodeIps.length} nodes: the image would be on the first one only.`,
      allowed: "a cluster with one node",
      todo: recreate,
    });
  }
}

function notMinikube(context: string, { minikubeHome }: Environment): UserError {
  return new UserError({
    what: `The context ${context} is not that of a minikube cluster: images are built in minikube's own Docker daemon.`,
    where: `${minikubeHome}/profiles`,
    todo: "minikube start --container-runtime=docker, then: npx pulumi config set context minikube",
  });
}

function noAnswer(name: string, error: Error): UserError {
  const status = `minikube status -p ${name}`;
  const refused = statusOf(error);
  if (refused !== undefined) {
    return new UserError({
      what: `The minikube cluster ${name} refused to answer (HTTP ${refused}).`,
      todo: `See ${status}, or renew its certificates: minikube start -p ${name}`,
    });
  }
  const reason =
    error.name === "AbortError" ? `nothing within ${limits.answer / 1000} seconds` : error.message;
  return new UserError({
    what: `The minikube cluster ${name} doesn't answer: ${reason}`,
    todo: `minikube start -p ${name} (and see ${status})`,
  });
}
