import { isIPv6 } from "node:net";
import type { ApiServer } from "../connection/api-server";
import type { Workload } from "./workload";

/** The URL of a service, and the address behind it; or what is still missing for it. */
export type Found = { readonly url: string; readonly address: string } | { readonly missing: string };

/** The URL at the address of a Service's load balancer, if it has one. */
export async function urlOfLoadBalancer(
  api: Pick<ApiServer, "service">,
  { name, namespace, port }: Pick<Workload, "name" | "namespace" | "port">,
): Promise<Found> {
  const service = await api.service(namespace, name);
  const { ip, hostname = ip } = service?.status?.loadBalancer?.ingress?.[0] ?? {};
  if (hostname === undefined) return { missing: `address of the load balancer of the Service ${name}` };
  return { url: httpUrl(hostname, port), address: hostname };
}

/** An HTTP URL without a path. A port is left out if it is the scheme's own. */
export function httpUrl(host: string, port: number, scheme = "http"): string {
  return new URL(`${scheme}://${isIPv6(host) ? `[${host}]` : host}:${port}`).origin;
}
