import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type Docker from "dockerode";
import { UserError } from "../../common/problem";
import type { NodeDaemon } from "../kinds/minikube/node-daemon";
import { ANSWER_MS } from "../connection/kubernetes-client";
import { TAG } from "../releases/kept";

/** An image of one release. */
export interface ReleaseImage {
  readonly tag: string;
  /** When it was last built. */
  readonly builtAt: Date;
}

/** The images of releases in the node's own Docker daemon. Others there are nobody's business here. */
export class NodeImages {
  readonly #docker: Docker;
  readonly #name: string;

  /** @param name the images' name, before the tag. It asks nothing yet. */
  static async connect(daemon: Pick<NodeDaemon, "host" | "certPath">, name: string): Promise<NodeImages> {
    // When it is first needed: most updates don't, and it takes a while to load.
    const { default: DockerClient } = await import("dockerode");
    return new NodeImages(new DockerClient(await optionsFor(daemon)), name);
  }

  private constructor(docker: Docker, name: string) {
    this.#docker = docker;
    this.#name = name;
  }

  /** The tags that there are, in no order. @throws {UserError} where the daemon doesn't answer */
  async tags(): Promise<string[]> {
    const images = this.#docker.listImages({ filters: { reference: [this.#name] } });
    return (await images.catch(noAnswer))
      .flatMap(({ RepoTags }) => RepoTags ?? [])
      .map((name) => name.split(":"))
      .flatMap(([name, tag = ""]) => (name === this.#name && TAG.test(tag) ? [tag] : []));
  }

  /** The images, those that were built last first. */
  async newestFirst(): Promise<ReleaseImage[]> {
    const tags = await this.tags();
    const images = await Promise.all(tags.map(async (tag) => ({ tag, builtAt: await this.#builtAt(tag) })));
    return images.sort((a, b) => b.builtAt.getTime() - a.builtAt.getTime());
  }

  /** Takes the image of a release away. Docker refuses where a container still is of it. */
  async remove(tag: string): Promise<void> {
    await this.#docker.getImage(`${this.#name}:${tag}`).remove();
  }

  /** Not when it was created: a build that finds all of it in the cache gives it a tag and creates nothing. */
  async #builtAt(tag: string): Promise<Date> {
    const { Created, Metadata } = (await this.#docker.getImage(`${this.#name}:${tag}`).inspect()) as {
      Created: string;
      Metadata?: { LastTagTime?: string };
    };
    return new Date(Metadata?.LastTagTime ?? Created);
  }
}

function noAnswer(error: Error): never {
  throw new UserError({
    what: `The Docker daemon in minikube's node doesn't answer: ${error.message}`,
    todo: "minikube status, and minikube start where it doesn't run",
  });
}

/** dockerode takes from the environment whatever isn't said here: so all of it is said, if only as undefined. */
async function optionsFor({
  host,
  certPath,
}: Pick<NodeDaemon, "host" | "certPath">): Promise<Docker.DockerOptions> {
  const nothing = { host: undefined, port: undefined, socketPath: undefined, username: undefined };
  const options = { ...nothing, timeout: ANSWER_MS, ca: undefined, cert: undefined, key: undefined };
  const { protocol, hostname, port, pathname } = new URL(host);
  if (protocol === "unix:") return { ...options, protocol: "http", socketPath: pathname } as object;
  const address = { ...options, host: hostname, port };
  if (certPath === undefined) return { ...address, protocol: "http" } as object;
  const [ca, cert, key] = await Promise.all(
    ["ca.pem", "cert.pem", "key.pem"].map((file) => readFile(join(certPath, file))),
  );
  return { ...address, protocol: "https", ca, cert, key } as object;
}
