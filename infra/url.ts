import { lookup } from "node:dns/promises";
import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../cluster";
import type { Url } from "../cluster/kinds";
import { httpUrl, urlOfLoadBalancer, type Found } from "../cluster/objects/address";
import { urlThroughGateway } from "../cluster/objects/gateways";
import type { Workload } from "../cluster/objects/workload";
import { poll } from "../common/poll";
import type { Config } from "./config";
import { warn } from "./messages";

/** How long a load balancer or a Gateway may take to have an address. Clouds take one or two minutes. */
const ADDRESS_SECONDS = 120;
const POLL_MS = 1_000;

/**
 * The stack's outputs with the service's URL. The URL of a node port is known before the deployment, any other only
 * afterwards.
 *
 * @param deployed resolves once the service is deployed
 */
export function urlOutputs(
  cluster: Cluster,
  workload: Workload,
  config: Pick<Config, "expose" | "gateway"> & { readonly nodePort: number | undefined },
  deployed: pulumi.Output<unknown>,
) {
  const known = config.nodePort === undefined ? undefined : cluster.kind.urlOf(config.nodePort);
  const found = deployed.apply(async () => {
    const result = known ?? (await findUrl(cluster, workload, config));
    if (result.warning !== undefined) await warn(result.warning);
    return result;
  });
  // An output that is only known later can't be undefined.
  const urlWarning = known === undefined ? found.apply(({ warning = "" }) => warning) : known.warning;
  return { url: found.url, ...(urlWarning !== undefined && { urlWarning }) };
}

/** Finds the URL of a service without a node port. It waits up to two minutes for an address from the cluster. */
export async function findUrl(
  { api, kind }: Pick<Cluster, "api" | "kind">,
  workload: Workload,
  { expose, gateway }: Pick<Config, "expose" | "gateway">,
): Promise<Url> {
  const { name, namespace, port } = workload;
  const inside = httpUrl(`${name}.${namespace}.svc`, port);
  if (expose === "ClusterIP") {
    return {
      url: inside,
      warning: `${inside} is reached inside the cluster alone. From here: npm run forward`,
    };
  }
  const look = () => (gateway ? urlThroughGateway(api, workload, gateway) : urlOfLoadBalancer(api, workload));
  const todo = gateway ? "kubectl describe gateways,httproutes --all-namespaces" : kind.getLoadBalancer;
  const found = await waitFor(look, todo);
  if ("url" in found) return gateway?.host === undefined ? found : await resolved(found, gateway.host);
  if (pulumi.runtime.isDryRun()) return { url: `waits for the ${found.missing}` };
  const why = `After ${ADDRESS_SECONDS} s there is no ${found.missing}.`;
  return { url: inside, warning: `${why} Run: ${todo}; then: npm run up. Until then: npm run forward` };
}

/** A preview doesn't wait. */
async function waitFor(look: () => Promise<Found>, todo: string): Promise<Found> {
  const found = await look();
  if ("url" in found || pulumi.runtime.isDryRun()) return found;
  await warn(`Waiting up to ${ADDRESS_SECONDS} s: there is no ${found.missing} yet. Run: ${todo}`);
  let last: Found = found;
  await poll({ withinMs: ADDRESS_SECONDS * 1000, everyMs: POLL_MS }, async () => {
    last = await look().catch(() => last); // one answer of many may be late
    return "url" in last ? last : undefined;
  });
  return last;
}

/** Warns if this machine can't resolve the host: its owner has to point it at the Gateway. */
async function resolved({ url, address }: Extract<Found, { url: string }>, host: string): Promise<Url> {
  const isKnown = await lookup(host).then(
    () => true,
    () => false,
  );
  if (isKnown) return { url };
  return {
    url,
    warning: `${host} is unknown here. Point it at ${address} in DNS. Until then: npm run forward`,
  };
}
