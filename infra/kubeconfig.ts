import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { RequestOptions } from "node:https";
import { UserError } from "../common/problem";
import { orUnreadable, readKubeconfig, type KubeconfigFile } from "./kubeconfig-file";
import { nearest } from "./nearest";

/** A context of the user's client configuration, whichever is the current one. */
export interface FoundContext {
  /** The file that it stands in. */
  readonly file: string;
  /** The name of its cluster: minikube calls that like the profile. */
  readonly cluster: string;
  /** The API server's address. */
  readonly server: string;
  /** By which the server is known, and the user to it. */
  readonly identity: Pick<RequestOptions, "ca" | "cert" | "key" | "rejectUnauthorized">;
}

/**
 * Finds a context by name in client configuration files, read and merged as kubectl does: a file that doesn't exist
 * is skipped, and the first that knows a name wins
 * (https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#merging-kubeconfig-files).
 * Kubernetes' own client isn't used for it, because it takes a second of every run to load.
 *
 * @throws {UserError} which lists the contexts that there are
 */
export function findContext(files: readonly string[], name: string): FoundContext {
  const parts = files.filter((file) => existsSync(file)).map(readKubeconfig);
  const context = first(parts, "contexts", name);
  if (context === undefined) throw unknownContext(files, name, parts);
  const { cluster: clusterName, user: userName } = context.item.context;
  const server = first(parts, "clusters", clusterName);
  if (server === undefined) throw unknownContext(files, name, parts);
  return {
    file: context.file,
    cluster: clusterName,
    server: server.item.cluster.server,
    identity: identity(server, userName === undefined ? undefined : first(parts, "users", userName)),
  };
}

interface Entry<T> {
  readonly file: string;
  readonly item: T;
}

function first<K extends "clusters" | "users" | "contexts">(
  parts: readonly KubeconfigFile[],
  list: K,
  name: string,
) {
  type Item = KubeconfigFile[K][number];
  for (const part of parts) {
    const item = (part[list] as Item[]).find((candidate) => candidate.name === name);
    if (item !== undefined) return { file: part.file, item } satisfies Entry<Item>;
  }
  return undefined;
}

function identity(
  { file, item }: Entry<KubeconfigFile["clusters"][number]>,
  by: Entry<KubeconfigFile["users"][number]> | undefined,
): FoundContext["identity"] {
  const authority = item.cluster;
  const client = by?.item.user ?? {};
  const userFile = by?.file ?? file;
  return {
    ca: pem(file, authority["certificate-authority-data"], authority["certificate-authority"]),
    cert: pem(userFile, client["client-certificate-data"], client["client-certificate"]),
    key: pem(userFile, client["client-key-data"], client["client-key"]),
    rejectUnauthorized: authority["insecure-skip-tls-verify"] !== true,
  };
}

/** Data in place goes before a file, whose path is relative to the configuration that names it. */
function pem(file: string, data: string | undefined, path: string | undefined): Buffer | undefined {
  if (data !== undefined) return Buffer.from(data, "base64");
  return path === undefined
    ? undefined
    : orUnreadable(resolve(dirname(file), path), (named) => readFileSync(named));
}

function unknownContext(files: readonly string[], name: string, parts: readonly KubeconfigFile[]): UserError {
  const known = [...new Set(parts.flatMap(({ contexts }) => contexts.map((context) => context.name)))];
  const others = known.filter((other) => other !== name);
  const guess = nearest(name, others) ?? others[0];
  const make = `minikube start -p ${name} --container-runtime=docker`;
  return new UserError({
    what: `There is no Kubernetes context ${name}.`,
    where: files.join(", "),
    allowed: known.length > 0 ? known.join(", ") : "none yet: no cluster was made by this user",
    todo: guess === undefined ? make : `npx pulumi config set context ${guess}, or make the cluster: ${make}`,
  });
}
