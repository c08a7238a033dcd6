import type { KubernetesObject, V1Service } from "@kubernetes/client-node";
import { type Problem, UserError } from "../../common/problem";
import type { ApiServer } from "../connection/api-server";
import type { Gateway } from "../../infra/config";
import { httpRoutes } from "./gateways";
import { hasNodePort, portTaken } from "./port-clash";
import { podMonitors } from "./pod-monitors";
import type { Workload } from "./workload";

/** The annotation of every object that a stack made. Its value is `<project>/<stack>`, the stack's name at that time. */
const ANNOTATION = "koa-on-minikube/stack";

/** The objects that a stack is about to make, and its Service's node port. */
interface Claims {
  readonly workload: Workload;
  /** Undefined for a Service without one. */
  readonly nodePort: number | undefined;
  /** Those of all namespaces, if there is a node port. */
  readonly services: readonly V1Service[];
  readonly gateway: Gateway | undefined;
  readonly stack: StackIdentity;
}

/** How a stack recognises what it made. */
export interface StackIdentity {
  /** `<project>/<stack>`. */
  readonly name: string;
  /** Whether the stack's state has the object with this UID. */
  holds(uid: string): Promise<boolean>;
  /** The name of another stack whose state has the object with this UID. Slow: it reads the states of all stacks. */
  otherHolder(uid: string): Promise<string | undefined>;
}

/** The annotation by which a stack recognises its objects. */
export function ownedBy({ name }: Pick<StackIdentity, "name">): Record<string, string> {
  return { [ANNOTATION]: name };
}

/**
 * Refuses objects of the same names that this stack didn't make, objects that are being deleted, and a node port that
 * another Service has. Without this check, server-side apply would silently take over foreign objects, and the other two
 * would fail in the middle of the update. It only reads.
 *
 * @throws {UserError} with all such objects
 */
export async function refuseForeign(api: ApiServer, claims: Claims): Promise<void> {
  const [objects, clash] = await Promise.all([existing(api, claims), portClash(claims)]);
  const refusals = await Promise.all(objects.map((found) => refusal(found, claims.stack)));
  const problems = [...refusals, clash].flatMap((problem) => problem ?? []);
  if (problems.length > 0) throw new UserError(...problems);
}

async function portClash(claims: Claims): Promise<Problem | undefined> {
  const { nodePort, services, workload } = claims;
  if (nodePort === undefined) return undefined;
  const atPort = services.find((each) => hasNodePort(each, nodePort) && !isAt(each.metadata, claims));
  if (atPort === undefined || (await givesUpPort(atPort, claims))) return undefined;
  return portTaken(nodePort, workload, atPort, services);
}

/**
 * The name of the stack that made an object. This stack made an object if its state has the object, even if the stack was
 * renamed since; and also if the object has this stack's name and is in no state, because an update was killed before it
 * could save the state, or the state was lost.
 *
 * @returns undefined if no stack made it
 */
export async function makerOf(
  { metadata }: KubernetesObject,
  stack: StackIdentity,
): Promise<string | undefined> {
  const uid = metadata?.uid ?? "";
  const maker = metadata?.annotations?.[ANNOTATION];
  if (await stack.holds(uid)) return stack.name;
  // Another stack may have had this name when it made the object.
  return maker === stack.name ? ((await stack.otherHolder(uid)) ?? stack.name) : maker;
}

interface Found {
  readonly kind: string;
  readonly object: KubernetesObject;
}

async function existing(api: ApiServer, { workload, gateway }: Claims): Promise<Found[]> {
  const { namespace, name, tracks } = workload;
  const asked = [
    // Every cluster has `default`, and no stack makes it.
    ...(namespace === "default" ? [] : [["Namespace", api.namespace(namespace)] as const]),
    ...tracks.flatMap(({ deployment, autoscale }) => [
      ["Deployment", api.deployment(namespace, deployment)] as const,
      ["PodDisruptionBudget", api.disruptionBudget(namespace, deployment)] as const,
      ...(autoscale ? [["HorizontalPodAutoscaler", api.autoscaler(namespace, deployment)] as const] : []),
    ]),
    ["Service", api.service(namespace, name)] as const,
    ["NetworkPolicy", api.networkPolicy(namespace, name)] as const,
    ["PodMonitor", api.custom(podMonitors, namespace, name)] as const,
    ...(gateway ? [["HTTPRoute", api.custom(httpRoutes, namespace, name)] as const] : []),
  ];
  const answers = asked.map(async ([kind, answer]) => ({ kind, object: await answer }));
  return (await Promise.all(answers)).flatMap(({ kind, object }) => (object ? [{ kind, object }] : []));
}

function isAt(metadata: KubernetesObject["metadata"], { workload }: Claims): boolean {
  return metadata?.namespace === workload.namespace && metadata.name === workload.name;
}

async function refusal({ kind, object }: Found, stack: StackIdentity): Promise<Problem | undefined> {
  const { metadata } = object;
  const what = `The ${kind} ${metadata?.name} in the cluster`;
  const where = kind === "Namespace" ? {} : { where: `namespace ${metadata?.namespace}` };
  if (metadata?.deletionTimestamp) {
    return { what: `${what} is being deleted.`, ...where, todo: "Run this again once it is gone." };
  }
  const maker = await makerOf(object, stack);
  if (maker === stack.name) return undefined;
  return {
    what: `${what} was not made by this stack (${stack.name})${maker ? ` but by ${maker}` : ""}: it is not changed.`,
    ...where,
    todo: `Choose another namespace (npx pulumi config set namespace NAME), or delete it yourself: ${deletion(kind, metadata)}`,
  };
}

function deletion(kind: string, metadata: KubernetesObject["metadata"]): string {
  const object = `kubectl delete ${kind.toLowerCase()} ${metadata?.name}`;
  return kind === "Namespace" ? object : `${object} -n ${metadata?.namespace}`;
}

/**
 * Whether a Service frees its node port before the stack takes it. The stack's own Service does if it moves to another
 * namespace, because it is deleted first. If it gets another name, it is deleted last.
 */
async function givesUpPort(service: V1Service, { workload, stack }: Claims): Promise<boolean> {
  return service.metadata?.name === workload.name && (await makerOf(service, stack)) === stack.name;
}
