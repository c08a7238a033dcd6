import { UserError } from "../../../common/problem";
import type { Environment } from "../../connection/environment";
import type { FoundContext } from "../../connection/kubeconfig";
import { NodeStore } from "../../images/node-store";
import type { Kind } from "../kind";
import { findNodeDaemon } from "./node-daemon";
import { readProfile, type Profile } from "./profile";
import { urlOf } from "./url";

/** A minikube cluster: images are built in its node's Docker daemon. @throws {UserError} if that is impossible */
export async function findMinikube(
  { context, cluster }: FoundContext,
  environment: Environment,
): Promise<Kind> {
  const profile = await readProfile(environment.minikubeHome, cluster);
  if (profile === undefined) throw notMinikube(context, environment);
  refuseUnfit(profile);
  const daemon = await findNodeDaemon(profile, environment);
  return {
    start: `minikube start -p ${profile.name}`,
    getMetricsServer: `minikube -p ${profile.name} addons enable metrics-server`,
    images: (name) => new NodeStore(daemon, name),
    urlOf: (workload, nodePort) => urlOf({ daemon, profile }, workload, nodePort, process.platform),
  };
}

/** @throws {UserError} if there is a profile of this name and its node doesn't run */
export async function refuseStopped(name: string, environment: Environment): Promise<void> {
  const profile = await readProfile(environment.minikubeHome, name);
  if (profile !== undefined) await findNodeDaemon(profile, environment);
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
