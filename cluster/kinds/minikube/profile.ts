import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";

/** What minikube has stored about a cluster. */
export interface Profile {
  readonly name: string;
  /** How the node runs: `docker`, `none`, or one of the virtual machines. */
  readonly driver: string;
  /** The container runtime: `docker`, `containerd` or `cri-o`. */
  readonly runtime: string;
  /** The address of each node. The control plane comes first. */
  readonly nodeIps: readonly string[];
}

/** The part of ClusterConfig (pkg/minikube/config) that is used here. The rest differs between versions of minikube. */
const clusterConfig = z.object({
  Driver: z.string(),
  KubernetesConfig: z.object({ ContainerRuntime: z.string() }),
  Nodes: z.array(z.object({ IP: z.string() })).nonempty(),
});

/**
 * Reads a profile from minikube's files, so that the binary needn't be on PATH.
 *
 * @returns undefined if minikube has no finished profile of that name
 */
export async function readProfile(minikubeHome: string, name: string): Promise<Profile | undefined> {
  const content = await readFile(join(minikubeHome, "profiles", name, "config.json"), "utf8").catch(absent);
  const { data } = clusterConfig.safeParse(parseJson(content));
  return data && { name, ...fields(data) };
}

function fields({ Driver, KubernetesConfig, Nodes }: z.infer<typeof clusterConfig>) {
  // Before containerd became minikube's default, an empty runtime meant docker.
  const runtime = KubernetesConfig.ContainerRuntime || "docker";
  return { driver: Driver, runtime, nodeIps: Nodes.map(({ IP }) => IP) };
}

function absent(error: NodeJS.ErrnoException): string {
  if (error.code === "ENOENT" || error.code === "ENOTDIR") return "";
  throw error;
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined; // minikube was interrupted while it wrote the file
  }
}
