import type Docker from "dockerode";
import { dockerClient, type DaemonAddress } from "../../common/docker-client";
import { UserError } from "../../common/problem";
import { ANSWER_MS } from "../connection/kubernetes-client";
import { TAG } from "../../common/build-context/tag";
import { isOurs, type ImageStore, type ReleaseImage } from "./store";

/** The images in the Docker daemon of the only node. They are built where the kubelet looks for them, and never pushed. */
export class NodeStore implements ImageStore {
  // No registry has the image: an attempt to pull it would only cause a misleading error.
  readonly pullPolicy = "Never";
  #client: Promise<Docker> | undefined;

  /** @param name the images' name, before the tag */
  constructor(
    readonly builder: DaemonAddress,
    private readonly name: string,
  ) {}

  nameOf(tag: string): string {
    return `${this.name}:${tag}`;
  }

  imageOf(tag: string): Promise<string> {
    return Promise.resolve(this.nameOf(tag));
  }

  async ensure(): Promise<void> {
    // The node's own daemon has built the image.
  }

  async tags(among: readonly string[]): Promise<string[]> {
    const images = await this.#images();
    return among.filter((tag) => images.some((image) => image.tag === tag));
  }

  async newestFirst(): Promise<ReleaseImage[]> {
    const ours = (await this.#images()).filter(({ tag, labels }) => isOurs(tag, labels));
    const images = await Promise.all(
      ours.map(async ({ tag }) => ({ tag, builtAt: await this.#builtAt(tag) })),
    );
    return images.sort((a, b) => b.builtAt.getTime() - a.builtAt.getTime());
  }

  async remove(tag: string): Promise<void> {
    await (await this.#docker()).getImage(this.nameOf(tag)).remove();
  }

  pullSecret(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  /** The images of this name whose tag is a release's. */
  async #images(): Promise<{ tag: string; labels: Record<string, string> }[]> {
    const docker = await this.#docker();
    const images = await docker.listImages({ filters: { reference: [this.name] } }).catch(noAnswer);
    return images.flatMap(({ RepoTags, Labels }) =>
      (RepoTags ?? [])
        .filter((image) => image.startsWith(`${this.name}:`))
        .map((image) => ({ tag: image.slice(this.name.length + 1), labels: Labels }))
        .filter(({ tag }) => TAG.test(tag)),
    );
  }

  /** When the image was last tagged. A build that finds everything in the cache tags an image without creating one. */
  async #builtAt(tag: string): Promise<Date> {
    const { Created, Metadata } = (await (await this.#docker()).getImage(this.nameOf(tag)).inspect()) as {
      Created: string;
      Metadata?: { LastTagTime?: string };
    };
    return new Date(Metadata?.LastTagTime ?? Created);
  }

  #docker(): Promise<Docker> {
    return (this.#client ??= dockerClient(this.builder, ANSWER_MS));
  }
}

function noAnswer(error: Error): never {
  throw new UserError({
    what: `The Docker daemon in minikube's node doesn't answer: ${error.message}`,
    todo: "Run minikube status. If the cluster doesn't run: minikube start",
  });
}
