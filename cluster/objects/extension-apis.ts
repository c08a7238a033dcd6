import { statusOf, type Apis } from "../connection/kubernetes-client";

/** What is used of an APIService (https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/api-service-v1/). */
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
 * namespace: it can't know which objects are left in there. It only reads.
 *
 * @returns a warning that says what to type; undefined also if this user may not list APIServices
 */
export async function doubtDeletion({ custom }: Pick<Apis, "custom">): Promise<string | undefined> {
  const silent = (await listApiServices(custom)).flatMap(({ metadata, status }) => {
    const available = status?.conditions?.find(({ type }) => type === "Available");
    return available?.status === "False" ? [{ ...metadata, why: available.message ?? "" }] : [];
  });
  if (silent.length === 0) return undefined;
  const what = silent.map(({ name, why }) => `${name} doesn't answer (${why})`).join(", ");
  const names = silent.map(({ name }) => name).join(" ");
  return `${what}. Until it does, Kubernetes deletes no namespace. If it stays so: kubectl delete apiservice ${names}`;
}

async function listApiServices(custom: Apis["custom"]): Promise<readonly ApiService[]> {
  const apiServices = { group: "apiregistration.k8s.io", version: "v1", plural: "apiservices" };
  try {
    return ((await custom.listClusterCustomObject(apiServices)) as { items: ApiService[] }).items;
  } catch (error) {
    if (statusOf(error) === 403) return [];
    throw error;
  }
}
