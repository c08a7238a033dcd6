import type { KubernetesObject } from "@kubernetes/client-node";
import { NAME, type World } from "./place";

/** Kinds of objects that a stack makes in its namespace. */
const KINDS = "deployments,services,poddisruptionbudgets,networkpolicies,secrets";

interface Deployment extends KubernetesObject {
  spec: { replicas: number; template: { spec: { containers: { image: string; env?: object[] }[] } } };
}

/** The objects of a stack, to be applied by kubectl. */
export interface Manifests {
  readonly namespace: string;
  replicas: number;
  image: string;
  /** Sets a variable of the container. */
  setEnv(name: string, value: string): void;
  /** As a list that `kubectl apply -f` takes. */
  json(): string;
}

/**
 * Reads the objects that the deployed stack has made, without what the cluster added, for another namespace: so
 * everybody deploys the same objects.
 */
export async function readManifests(world: World, namespace: string): Promise<Manifests> {
  const read = async (what: string) =>
    JSON.parse(await world.kubectl(`-n ${NAME} get -o json ${what}`)) as unknown;
  const own = (await read(`namespace ${NAME}`)) as KubernetesObject;
  const { items } = (await read(KINDS)) as { items: KubernetesObject[] };
  const declared = [own, ...items].map((object) => asDeclared(object, namespace));
  const deployment = declared.find(({ kind }) => kind === "Deployment") as Deployment;
  const container = deployment.spec.template.spec.containers[0];
  if (container === undefined) throw new Error("The Deployment has no container.");
  return {
    namespace,
    get replicas() {
      return deployment.spec.replicas;
    },
    set replicas(replicas) {
      deployment.spec.replicas = replicas;
    },
    get image() {
      return container.image;
    },
    set image(image) {
      container.image = image;
    },
    setEnv: (name, value) => void (container.env ??= []).push({ name, value }),
    json: () => JSON.stringify({ apiVersion: "v1", kind: "List", items: declared }),
  };
}

/** The node port is left to the cluster, and so are addresses. */
function asDeclared(object: KubernetesObject, namespace: string): KubernetesObject {
  const { apiVersion, kind, metadata, ...rest } = structuredClone(object) as KubernetesObject & {
    spec?: { clusterIP?: string; clusterIPs?: string[]; ports?: { nodePort?: number }[] };
    status?: object;
  };
  delete rest.status;
  delete rest.spec?.clusterIP;
  delete rest.spec?.clusterIPs;
  if (kind === "Service") rest.spec?.ports?.forEach((port) => delete port.nodePort);
  const { name = "", labels } = metadata ?? {};
  const where = kind === "Namespace" ? { name: namespace } : { name, namespace };
  return { apiVersion, kind, metadata: { ...where, labels }, ...rest } as KubernetesObject;
}
