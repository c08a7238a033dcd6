import { orUndefined, type Apis } from "../connection/kubernetes-client";

/**
 * The DaemonSets of network plugins that always enforce NetworkPolicies, by the beginnings of their names. Other plugins,
 * such as `aws-node`, enforce them only if they are configured to.
 */
const ENFORCING =
  /^(anetd|antrea|azure-npm|calico|canal|cilium|kindnet|kube-network-policies|kube-router|weave)/;

/**
 * Looks for a network plugin that enforces NetworkPolicies. Kubernetes itself can't say whether there is one. It only
 * reads.
 *
 * @param egress the destinations in config
 * @returns a warning if config limits the destinations and no such plugin is found; undefined also if this user may not
 * list DaemonSets
 */
export async function doubtEgress(
  { apps }: Pick<Apis, "apps">,
  egress: readonly object[] | undefined,
): Promise<string | undefined> {
  if (egress === undefined) return undefined;
  const plugins = await orUndefined(apps.listDaemonSetForAllNamespaces(), [403]);
  if (plugins === undefined) return undefined;
  if (plugins.items.some(({ metadata }) => ENFORCING.test(metadata?.name ?? ""))) return undefined;
  return "The config key egress may have no effect: this cluster has no network plugin that is known to enforce NetworkPolicies. See docs/config.md.";
}
