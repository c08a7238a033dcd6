import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../../common/problem";
import { DEFAULT_CONTEXT, type Environment, type Target } from "../../connection/environment";
import { readKubeconfigs } from "../../connection/kubeconfig";

type Places = Pick<Environment, "kubeconfigs" | "minikubeHome">;

/**
 * Finds the minikube profile of a kube context, which need not exist yet. It is the name of the context's cluster in the
 * kubeconfig, which `kubectl config rename-context` doesn't change. If there is no context, as after `minikube stop`, it is
 * the context's name.
 *
 * @returns undefined if the context leads, or led, to a cluster that isn't minikube's
 * @throws {UserError} if the kubeconfig has another cluster of that name, whose entry minikube would overwrite
 */
export async function findProfile(
  { context, registry }: Target,
  places: Places,
): Promise<string | undefined> {
  const { merged } = await readKubeconfigs(places.kubeconfigs);
  const found = merged.getContextObject(context)?.cluster;
  const profile = found ?? context;
  if (existsSync(join(places.minikubeHome, "profiles", profile, "config.json"))) return profile;
  if (found === undefined && (registry !== undefined || context.startsWith("kind-"))) return undefined;
  const cluster = merged.getCluster(profile);
  if (cluster === null || cluster.caFile === join(places.minikubeHome, "ca.crt")) return profile;
  if (found !== undefined && context !== DEFAULT_CONTEXT) return undefined;
  throw new UserError({
    what: `The cluster ${profile} in the kubeconfig is not one of minikube's, which would overwrite its entry.`,
    where: places.kubeconfigs.join(", "),
    allowed: "the context of a cluster, or a name that the kubeconfig doesn't have",
    todo:
      "npx pulumi config set context ANOTHER" +
      ` (or, if a deleted minikube cluster left it behind: kubectl config delete-cluster ${profile})`,
  });
}
