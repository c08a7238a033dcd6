import { existsSync } from "node:fs";
import type { Cluster, Context, KubeConfig, User } from "@kubernetes/client-node";
import { UserError } from "../../common/problem";
import { kubernetesClient } from "./kubernetes-client";
import { nearest } from "../../common/nearest";

/** A context of the user's kubeconfig, and the file that has it. */
export interface FoundContext {
  readonly context: string;
  readonly file: string;
  /** The name of the context's cluster. For minikube, it is the profile's name. */
  readonly cluster: string;
  /** The kubeconfig with this context as the current one. */
  readonly client: KubeConfig;
}

/**
 * Finds a context by name in kubeconfig files.
 *
 * @throws {UserError} if there is no such context; it lists the others
 */
export async function findContext(files: readonly string[], name: string): Promise<FoundContext> {
  const { parts, merged } = await readKubeconfigs(files);
  const part = parts.find(({ config }) => config.getContextObject(name) !== null);
  const context = part?.config.getContextObject(name);
  if (!part || !context) throw unknownContext(files, name, contextNames(parts.map(({ config }) => config)));
  merged.setCurrentContext(name);
  return { context: name, file: part.file, cluster: context.cluster, client: merged };
}

/**
 * Reads kubeconfig files and merges them as kubectl does: a file that doesn't exist is skipped, and the first one that
 * has a name wins
 * (https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#merging-kubeconfig-files).
 *
 * @throws {UserError} if one of them can't be read
 */
export async function readKubeconfigs(files: readonly string[]) {
  const { KubeConfig } = await kubernetesClient();
  const parts = files.filter((file) => existsSync(file)).map((file) => load(file, new KubeConfig()));
  const configs = parts.map(({ config }) => config);
  return { parts, merged: merge(configs, new KubeConfig()) };
}

function load(file: string, config: KubeConfig) {
  try {
    config.loadFromFile(file);
  } catch (error) {
    throw new UserError({
      what: `The kubeconfig can't be read: ${(error as Error).message}`,
      where: file,
      todo: "Fix the file, or name another in KUBECONFIG.",
    });
  }
  return { file, config };
}

function merge(configs: readonly KubeConfig[], merged: KubeConfig): KubeConfig {
  merged.loadFromOptions({
    clusters: firsts<Cluster>(configs.flatMap((config) => config.getClusters())),
    users: firsts<User>(configs.flatMap((config) => config.getUsers())),
    contexts: firsts<Context>(configs.flatMap((config) => config.getContexts())),
  });
  return merged;
}

function firsts<T extends { name: string }>(all: readonly T[]): T[] {
  return all.filter(({ name }, index) => all.findIndex((other) => other.name === name) === index);
}

function contextNames(configs: readonly KubeConfig[]): string[] {
  return [...new Set(configs.flatMap((config) => config.getContexts().map(({ name }) => name)))];
}

function unknownContext(files: readonly string[], name: string, known: readonly string[]): UserError {
  const others = known.filter((other) => other !== name);
  const guess = nearest(name, others) ?? others[0];
  const make = `minikube start -p ${name} --container-runtime=docker`;
  return new UserError({
    what: `There is no Kubernetes context ${name}.`,
    where: files.join(", "),
    allowed: known.length > 0 ? known.join(", ") : "none: the kubeconfig has no context yet",
    todo: guess === undefined ? make : `npx pulumi config set context ${guess}, or make the cluster: ${make}`,
  });
}
