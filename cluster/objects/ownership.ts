import type { KubernetesObject, V1Service } from "@kubernetes/client-node";
import { type Problem, UserError } from "../../common/problem";
import type { ApiServer } from "../connection/api-server";
import { hasNodePort, portTaken } from "./node-ports";
import { podMonitors } from "./pod-monitors";
import type { Workload } from "./workload";

/** The annotation that everything of a stack carries, with `<project>/<stack>` as its value. */
const ANNOTATION = "koa-on-minikube/stack";

/** What the stack is about to make. */
export interface Claims {
  readonly workload: Workload;
  readonly nodePort: number;
  /** This stack: `<project>/<stack>`. */
  readonly owner: string;
}

/** The annotation by which a stack knows its own objects again. */
export function ownedBy(owner: string): Record<string, string> {
  return { [ANNOTATION]: owner };
}

/**
 * Refuses objects of the same names that this stack didn't make, those that are just being deleted, and a node port
 * that another Service has. Server-side apply would take the first over without a word, and creating over the
 * others fails only after the objects beside them were made. It only reads.
 *
 * @throws {UserError} with every such object
 */
export async function refuseForeign(api: ApiServer, claims: Claims): Promise<void> {
  const [objects, services] = await Promise.all([existing(api, claims), api.services()]);
  const own = services.find(({ metadata }) => isAt(metadata, claims));
  const problems = [...objects, named("Service", own)]
    .flatMap((found) => found ?? [])
    .flatMap((found) => refusal(found, claims) ?? []);
  const taken = services.find((service) => takes(service, claims));
  if (taken) problems.push(portTaken(claims.nodePort, taken, services));
  if (problems.length > 0) throw new UserError(...problems);
}

interface Found {
  readonly kind: string;
  readonly object: KubernetesObject;
}

async function existing(api: ApiServer, { workload }: Claims): Promise<(Found | undefined)[]> {
  const { namespace, name, tracks } = workload;
  const asked = [
    // `default` is there before anybody asks for it.
    ...(namespace === "default" ? [] : [["Namespace", api.namespace(namespace)] as const]),
    ...tracks.flatMap(({ deployment }) => [
      ["Deployment", api.deployment(namespace, deployment)] as const,
      ["PodDisruptionBudget", api.disruptionBudget(namespace, deployment)] as const,
    ]),
    ["NetworkPolicy", api.networkPolicy(namespace, name)] as const,
    ["PodMonitor", api.custom(podMonitors, namespace, name)] as const,
  ];
  return Promise.all(asked.map(async ([kind, object]) => named(kind, await object)));
}

function named(kind: string, object: KubernetesObject | undefined): Found | undefined {
  return object && { kind, object };
}

function isAt(metadata: KubernetesObject["metadata"], { workload }: Claims): boolean {
  return metadata?.namespace === workload.namespace && metadata.name === workload.name;
}

function isOwn(metadata: KubernetesObject["metadata"], { owner }: Claims): boolean {
  return metadata?.annotations?.[ANNOTATION] === owner;
}

function refusal({ kind, object: { metadata } }: Found, claims: Claims): Problem | undefined {
  const what = `The ${kind} ${metadata?.name} in the cluster`;
  const place = kind === "Namespace" ? "" : `namespace ${metadata?.namespace}`;
  const where = place === "" ? {} : { where: place };
  if (metadata?.deletionTimestamp) {
    return { what: `${what} is being deleted.`, ...where, todo: "Run this again once it is gone." };
  }
  if (isOwn(metadata, claims)) return undefined;
  const maker = metadata?.annotations?.[ANNOTATION];
  return {
    what: `${what} was not made by this stack (${claims.owner})${maker ? ` but by ${maker}` : ""}: it is left alone.`,
    ...where,
    todo: `Choose another namespace (npx pulumi config set namespace NAME), or take it away yourself: ${deletion(kind, metadata)}`,
  };
}

function deletion(kind: string, metadata: KubernetesObject["metadata"]): string {
  const object = `kubectl delete ${kind.toLowerCase()} ${metadata?.name}`;
  return kind === "Namespace" ? object : `${object} -n ${metadata?.namespace}`;
}

/**
 * The stack's own Service has the port if nothing changes, or if it is about to move to another namespace: the engine
 * deletes it first. A Service that gets another name is made before the old one is deleted.
 */
function takes(service: V1Service, claims: Claims): boolean {
  const { metadata } = service;
  const moves = isOwn(metadata, claims) && metadata?.name === claims.workload.name;
  return hasNodePort(service, claims.nodePort) && !isAt(metadata, claims) && !moves;
}
