import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../../common/problem";
import type { Environment } from "../../connection/environment";
import { readKubeconfigs } from "../../connection/kubeconfig";

type Places = Pick<Environment, "kubeconfigs" | "minikubeHome">;

/**
 * Finds the minikube profile of a kube context. minikube gives the cluster in the kubeconfig the profile's name, and
 * `kubectl config rename-context` doesn't change that. `minikube stop` removes the context: then it is the profile of
 * the context's name.
 */
export async function findProfile(context: string, { kubeconfigs }: Places): Promise<string> {
  const { merged } = await readKubeconfigs(kubeconfigs);
  return merged.getContextObject(context)?.cluster ?? context;
}

/**
 * Finds the minikube profile of a kube context, to start it, or to create it if there is none.
 *
 * @throws {UserError} if the kubeconfig has another cluster of that name, whose entry minikube would overwrite
 */
export async function findProfileToStart(context: string, places: Places): Promise<string> {
  const profile = await findProfile(context, places);
  if (existsSync(join(places.minikubeHome, "profiles", profile, "config.json"))) return profile;
  const { merged } = await readKubeconfigs(places.kubeconfigs);
  const cluster = merged.getCluster(profile);
  if (cluster === null || cluster.caFile === join(places.minikubeHome, "ca.crt")) return profile;
  throw new UserError({
    what: `The context ${context} leads to the cluster ${profile}, which is not a minikube cluster.`,
    where: places.kubeconfigs.join(", "),
    allowed: "the context of a minikube cluster, or a name that the kubeconfig doesn't have",
    todo:
      "npx pulumi config set context minikube" +
      ` (or, if a deleted minikube cluster left it behind: kubectl config delete-cluster ${profile})`,
  });
}
