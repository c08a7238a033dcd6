import { orUndefined, type Apis } from "../connection/kubernetes-client";

/** The part of an APIService that is used here (https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/api-service-v1/). */
interface ApiService {
  readonly metadata: { readonly name: string };
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
    }[];
  };
}

/**
 * Looks for an extension API whose server doesn't answer, such as metrics-server's. Until it does, Kubernetes deletes no
 * namespace: it can't know which objects are left in it. It only reads.
 *
 * @returns a warning that says what to type; undefined also if this user may not list APIServices
 */
export async function doubtDeletion({ custom }: Pick<Apis, "custom">): Promise<string | undefined> {
  const apiServices = { group: "apiregistration.k8s.io", version: "v1", plural: "apiservices" };
  const asked = custom.listClusterCustomObject(apiServices) as Promise<{ readonly items: ApiService[] }>;
  const { items } = (await orUndefined(asked, [403])) ?? { items: [] };
  const silent = items.flatMap(({ metadata, status }) => {
    const available = status?.conditions?.find(({ type }) => type === "Available");
    return available?.status === "False" ? [{ ...metadata, why: available.message ?? "" }] : [];
  });
  if (silent.length === 0) return undefined;
  const what = silent.map(({ name, why }) => `${name} doesn't answer (${why})`).join(", ");
  const names = silent.map(({ name }) => name).join(" ");
  return `${what}. Until it does, Kubernetes deletes no namespace. If it stays so: kubectl delete apiservice ${names}`;
}
