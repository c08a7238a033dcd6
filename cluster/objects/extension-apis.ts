import type { V1APIServiceList } from "@kubernetes/client-node";
import { orUndefined, type Apis } from "../connection/kubernetes-client";

/**
 * Looks for an extension API whose server doesn't answer, such as metrics-server's. Until it does, Kubernetes deletes no
 * namespace: it can't know which objects are left in it. It only reads.
 *
 * @returns a warning that says what to type; undefined also if this user may not list APIServices
 */
export async function doubtDeletion({ custom }: Pick<Apis, "custom">): Promise<string | undefined> {
  const apiServices = { group: "apiregistration.k8s.io", version: "v1", plural: "apiservices" };
  const asked = custom.listClusterCustomObject(apiServices) as Promise<V1APIServiceList>;
  const { items } = (await orUndefined(asked, [403])) ?? { items: [] };
  const silent = items.flatMap(({ metadata, status }) => {
    const available = status?.conditions?.find(({ type }) => type === "Available");
    return available?.status === "False"
      ? [{ name: metadata?.name ?? "", why: available.message ?? "" }]
      : [];
  });
  if (silent.length === 0) return undefined;
  const what = silent.map(({ name, why }) => `${name} doesn't answer (${why})`).join(", ");
  const names = silent.map(({ name }) => name).join(" ");
  return `${what}. Until it does, Kubernetes deletes no namespace. If it stays so: kubectl delete apiservice ${names}`;
}
