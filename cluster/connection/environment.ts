import { homedir, networkInterfaces } from "node:os";
import { delimiter, join } from "node:path";
import { minikubeHome, undoDockerEnv } from "../../common/minikube-environment";

/** What a stack's config says about the cluster to deploy to. */
export interface Target {
  readonly context: string;
  /** Host and path to push images to. */
  readonly registry?: string | undefined;
}

/** The context if config names none. It must lead to a cluster of minikube's. */
export const DEFAULT_CONTEXT = "minikube";

/** What the program reads from this machine. Variables and networks are read nowhere else. */
export interface Environment {
  /** The kubeconfig files. The first one that has a name wins. */
  readonly kubeconfigs: readonly string[];
  /** Where minikube keeps profiles and certificates. */
  readonly minikubeHome: string;
  /** The environment of the `docker` command, which must reach the daemon that runs minikube's node. */
  readonly docker: Readonly<Record<string, string | undefined>>;
  /** The networks of this machine's interfaces, such as `192.168.49.1/24`. */
  readonly networks: readonly string[];
  /** The config keys that were set with `--secret`. Pulumi passes them to every program. */
  readonly secretKeys: ReadonlySet<string>;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Reads the environment as kubectl, minikube and docker do. */
export function readEnvironment(
  variables: Variables,
  home = homedir(),
  networks = networksOfThisMachine(),
): Environment {
  return {
    kubeconfigs: kubeconfigs(variables["KUBECONFIG"], home),
    minikubeHome: minikubeHome(variables["MINIKUBE_HOME"], home),
    docker: undoDockerEnv(variables),
    networks,
    secretKeys: new Set(JSON.parse(variables["PULUMI_CONFIG_SECRET_KEYS"] || "[]") as string[]),
  };
}

/** https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#the-kubeconfig-environment-variable */
function kubeconfigs(list: string | undefined, home: string): string[] {
  const files = (list ?? "").split(delimiter).filter((file) => file !== "");
  return files.length > 0 ? files : [join(home, ".kube", "config")];
}

function networksOfThisMachine(): string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).flatMap(({ cidr }) => cidr ?? []),
  );
}
