import { docker, dockerProcess, type DockerVariables } from "../connection/docker-command";
import { UserError } from "../../common/problem";
import type { ImageStore, ReleaseImage } from "./store";

/** A running node that is a container. */
export interface RunningNode {
  /** The name of the container and of the node. */
  readonly name: string;
  /** The command in the node that loads an image archive from its standard input. */
  readonly load: readonly string[];
}

/** The command that loads an image archive, by the node's container runtime. */
export const loadCommands: Readonly<Record<string, readonly string[]>> = {
  containerd: ["ctr", "--namespace=k8s.io", "images", "import", "-"],
  docker: ["docker", "load"],
  "cri-o": ["podman", "load"],
};

/**
 * The images of a cluster whose nodes are containers of this machine's Docker daemon: the daemon builds and keeps them, and
 * each node gets a copy, as with `kind load` and `minikube image load`.
 */
export class LoadedStore implements ImageStore {
  readonly pullPolicy = "Never";

  /** @param built the images in the daemon */
  constructor(
    private readonly built: ImageStore,
    private readonly nodes: readonly RunningNode[],
    private readonly variables: DockerVariables,
  ) {}

  get builder() {
    return this.built.builder;
  }

  nameOf(tag: string): string {
    return this.built.nameOf(tag);
  }

  imageOf(tag: string): Promise<string> {
    return this.built.imageOf(tag);
  }

  /** Loads an image into each node that lacks it. @throws {UserError} if a node refuses it */
  async ensure(tag: string): Promise<void> {
    const having = await this.#nodesWith(tag);
    const lacking = this.nodes.filter((node) => !having.includes(node));
    await Promise.all(lacking.map((node) => this.#load(node, this.nameOf(tag))));
  }

  /** An image that the daemon no longer has counts if each node has it. */
  async tags(among: readonly string[]): Promise<string[]> {
    const [built, ...onNodes] = await Promise.all([
      this.built.tags(among),
      ...this.nodes.map((node) => this.#tagsOn(node)),
    ]);
    const isEverywhere = (tag: string) => onNodes.length > 0 && onNodes.every((tags) => tags.includes(tag));
    return among.filter((tag) => built.includes(tag) || isEverywhere(tag));
  }

  newestFirst(): Promise<ReleaseImage[]> {
    return this.built.newestFirst();
  }

  async remove(tag: string): Promise<void> {
    await this.built.remove(tag);
    const having = await this.#nodesWith(tag);
    await Promise.all(having.map(({ name }) => this.#run(name, ["crictl", "rmi", this.nameOf(tag)])));
  }

  pullSecret(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async #nodesWith(tag: string): Promise<RunningNode[]> {
    const having = this.nodes.map(async (node) => ((await this.#tagsOn(node)).includes(tag) ? [node] : []));
    return (await Promise.all(having)).flat();
  }

  async #tagsOn({ name }: RunningNode): Promise<string[]> {
    const { images } = JSON.parse(await this.#run(name, ["crictl", "images", "-o", "json"])) as {
      images: { repoTags?: string[] | null }[];
    };
    // A container runtime expands a short name: docker.io/library/api.
    const own = new RegExp(`^((docker\\.io/library|localhost)/)?${this.nameOf("")}(?<tag>[^/:]+)$`);
    return images.flatMap(({ repoTags }) =>
      (repoTags ?? []).flatMap((name) => own.exec(name)?.groups?.["tag"] ?? []),
    );
  }

  async #load({ name, load }: RunningNode, image: string): Promise<void> {
    const archive = dockerProcess(["save", image], this.variables);
    const loading = archive.pipe("docker", ["exec", "-i", name, ...load], {
      nodePath: false,
      nodeOptions: { env: this.variables },
    });
    const [saved, loaded] = await Promise.all([archive, loading]);
    if (saved.exitCode !== 0) throw notLoaded(name, image, saved.stderr);
    if (loaded.exitCode !== 0) throw notLoaded(name, image, loaded.stderr);
  }

  async #run(node: string, command: readonly string[]): Promise<string> {
    const { stdout, stderr, exitCode } = await docker(["exec", node, ...command], this.variables);
    if (exitCode === 0) return stdout;
    throw new UserError({
      what: `The images of the node ${node} can't be listed: ${stderr.trim()}`,
      todo: `docker exec ${node} ${command.join(" ")}`,
    });
  }
}

function notLoaded(node: string, image: string, reason: string): UserError {
  return new UserError({
    what: `The image ${image} could not be loaded into the node ${node}: ${reason.trim()}`,
    todo: "run this again; docker ps and kubectl get nodes show whether the node runs",
  });
}
