import { existsSync } from "node:fs";
import { KubeConfig, type Cluster, type Context, type User } from "@kubernetes/client-node";
import { UserError } from "../common/problem";
import { nearest } from "./nearest";

/** A context of the user's client configuration, and the file that it stands in. */
export interface FoundContext {
  readonly file: string;
  /** The name of its cluster: minikube calls that like the profile. */
  readonly cluster: string;
  /** A client configuration for this context, whichever is the current one. */
  readonly client: KubeConfig;
}

/**
 * Finds a context by name in client configuration files, read and merged as kubectl does: a file that doesn't exist
 * is skipped, and the first that knows a name wins
 * (https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#merging-kubeconfig-files).
 *
 * @throws {UserError} which lists the contexts that there are
 */
export function findContext(files: readonly string[], name: string): FoundContext {
  const parts = files.filter((file) => existsSync(file)).map((file) => ({ file, config: load(file) }));
  const part = parts.find(({ config }) => config.getContextObject(name) !== null);
  const context = part?.config.getContextObject(name);
  if (!part || !context) throw unknownContext(files, name, contextNames(parts.map(({ config }) => config)));
  const client = merge(parts.map(({ config }) => config));
  client.setCurrentContext(name);
  return { file: part.file, cluster: context.cluster, client };
}

function load(file: string): KubeConfig {
  const config = new KubeConfig();
  try {
    config.loadFromFile(file);
  } catch (error) {
    throw new UserError({
      what: `The Kubernetes client configuration can't be read: ${(error as Error).message}`,
      where: file,
      todo: "Mend the file, or name another in KUBECONFIG.",
    });
  }
  return config;
}

function merge(configs: readonly KubeConfig[]): KubeConfig {
  const merged = new KubeConfig();
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
  const guess = nearest(name, known) ?? known[0];
  return new UserError({
    what: `There is no Kubernetes context ${name}.`,
    where: files.join(", "),
    allowed: known.length > 0 ? known.join(", ") : "none yet: no cluster was made by this user",
    todo:
      guess === undefined
        ? `minikube start -p ${name} --container-runtime=docker`
        : `npx pulumi config set context ${guess}, or make the cluster: minikube start -p ${name} --container-runtime=docker`,
  });
}
