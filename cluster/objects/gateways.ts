import type { KubernetesObject, V1Condition } from "@kubernetes/client-node";
import { UserError } from "../../common/problem";
import type { Gateway } from "../../infra/config";
import type { ApiServer } from "../connection/api-server";
import { httpUrl, type Found } from "./address";
import type { Workload } from "./workload";

/** The kinds of the Gateway API (https://gateway-api.sigs.k8s.io). */
const gatewayApi = { group: "gateway.networking.k8s.io", version: "v1" } as const;
export const httpRoutes = { ...gatewayApi, plural: "httproutes" } as const;
const gateways = { ...gatewayApi, plural: "gateways" } as const;

/** How an HTTPRoute names a Gateway. Without a namespace it is one in the route's own. */
export function gatewayRef({ name }: Gateway): { readonly name: string; readonly namespace?: string } {
  const [last = "", namespace] = name.split("/").reverse();
  return namespace === undefined ? { name: last } : { name: last, namespace };
}

/**
 * Refuses a Gateway that isn't in the cluster. Otherwise the engine would fail after it has made everything else, or
 * make an HTTPRoute that leads nowhere.
 *
 * @throws {UserError}
 */
export async function refuseUnknownGateway(
  api: ApiServer,
  workload: Pick<Workload, "namespace">,
  gateway: Gateway | undefined,
): Promise<void> {
  if (gateway === undefined) return;
  if (!(await api.knows(httpRoutes))) {
    throw new UserError({
      what: "The cluster knows no HTTPRoute: the Gateway API is not in it.",
      where: "stack config, key expose",
      allowed: "NodePort, LoadBalancer or ClusterIP",
      todo: "install the Gateway API and a controller (https://gateway-api.sigs.k8s.io/implementations/); or: npx pulumi config set expose NodePort && npx pulumi config rm gateway",
    });
  }
  if ((await readGateway(api, workload, gateway)) !== undefined) return;
  const { name, namespace = workload.namespace } = gatewayRef(gateway);
  throw new UserError({
    what: `There is no Gateway ${name} in the namespace ${namespace}.`,
    where: "stack config, key gateway",
    allowed: "a Gateway of kubectl get gateways --all-namespaces",
    todo: "npx pulumi config set --path gateway.name NAMESPACE/NAME",
  });
}

function readGateway(
  api: Pick<ApiServer, "custom">,
  workload: Pick<Workload, "namespace">,
  gateway: Gateway,
): Promise<KubernetesObject | undefined> {
  const { name, namespace = workload.namespace } = gatewayRef(gateway);
  return api.custom(gateways, namespace, name);
}

/** The parts of an HTTPRoute and a Gateway that are used here. */
interface HttpRoute {
  readonly status?: { readonly parents?: readonly { readonly conditions?: readonly V1Condition[] }[] };
}
interface GatewayObject {
  readonly spec: {
    readonly listeners: readonly {
      readonly port: number;
      readonly protocol: string;
      readonly hostname?: string;
    }[];
  };
  readonly status?: { readonly addresses?: readonly { readonly value: string }[] };
}

/** A workload's URL through a Gateway, or what is still missing for it, in the words of the Gateway's controller. */
export async function urlThroughGateway(
  api: Pick<ApiServer, "custom">,
  workload: Pick<Workload, "name" | "namespace">,
  gateway: Gateway,
): Promise<Found> {
  const [route, through] = await Promise.all([
    api.custom(httpRoutes, workload.namespace, workload.name),
    readGateway(api, workload, gateway),
  ]);
  const { name, host } = gateway;
  if (through === undefined) return { missing: `Gateway ${name}` };
  // The route names one Gateway, so every parent is that Gateway.
  const conditions = (route as HttpRoute | undefined)?.status?.parents?.[0]?.conditions ?? [];
  const refused = conditions.find(({ status }) => status === "False");
  if (refused) return { missing: `HTTPRoute that ${name} takes (${refused.reason}: ${refused.message})` };
  if (conditions.length === 0)
    return { missing: `controller that attaches HTTPRoutes to the Gateway ${name}` };
  const { spec, status } = through as unknown as GatewayObject;
  const listener = listenerFor(host, spec);
  if (listener === undefined) return { missing: `HTTP or HTTPS listener for ${host} in the Gateway ${name}` };
  const address = status?.addresses?.[0]?.value;
  if (address === undefined) return { missing: `address of the Gateway ${name}` };
  return { url: httpUrl(host ?? address, listener.port, listener.protocol.toLowerCase()), address };
}

/** The listener for a host: one with TLS, if there is one. */
function listenerFor(host: string | undefined, { listeners }: GatewayObject["spec"]) {
  const serving = listeners.filter(({ hostname }) => serves(hostname, host));
  return ["HTTPS", "HTTP"].flatMap((wanted) => serving.filter(({ protocol }) => protocol === wanted))[0];
}

/** A listener without a hostname serves every host; `*.` stands for any labels. */
function serves(hostname: string | undefined, host: string | undefined): boolean {
  if (host === undefined || hostname === undefined) return true;
  return hostname.startsWith("*.") ? host.endsWith(hostname.slice(1)) : host === hostname;
}
