import { statusOf, type Apis } from "../connection/kubernetes-client";

/**
 * How the names of the DaemonSets begin whose network plugins always enforce NetworkPolicies. Others do so only if they
 * are told to, such as `aws-node`.
 */
const ENFORCING =
  /^(anetd|antrea|azure-npm|calico|canal|cilium|kindnet|kube-network-policies|kube-router|weave)/;

/**
 * Looks for a network plugin that enforces NetworkPolicies. Kubernetes itself can't say whether there is one. It only
 * reads.
 *
 * @param egress what config lets the pods call
 * @returns a warning if config limits that and no such plugin is found; undefined as well if this user may not list
 * DaemonSets
 */
export async function doubtEgress(
  { apps }: Pick<Apis, "apps">,
  egress: readonly object[] | undefined,
): Promise<string | undefined> {
  if (egress === undefined) return undefined;
  try {
    const { items } = await apps.listDaemonSetForAllNamespaces();
    if (items.some(({ metadata }) => ENFORCING.test(metadata?.name ?? ""))) return undefined;
  } catch (error) {
    if (statusOf(error) === 403) return undefined;
    throw error;
  }
  return "The config key egress may have no effect: this cluster has no network plugin that is known to enforce NetworkPolicies. See docs/config.md.";
}
