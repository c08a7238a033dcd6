import type Docker from "dockerode";
import { dockerClient, type DaemonAddress } from "../../common/docker-client";
import { UserError } from "../../common/problem";
import { ANSWER_MS } from "../connection/kubernetes-client";
import { TAG } from "../../common/build-context/tag";
import { isOurs, type ImageStore, type ReleaseImage } from "./store";

/** The Docker daemon of the only node: what is built there is where the kubelet looks, and is never pushed or pulled. */
export class NodeStore implements ImageStore {
  // A registry doesn't have the image: asking one for it could only mislead.
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
    // It was built where it is needed.
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

  /** Other names and tags in the daemon are not ours to look at. */
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

  /** Not when it was created: a build that finds all of it in the cache gives it a tag and creates nothing. */
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
    todo: "Run minikube status, and minikube start if it doesn't run.",
  });
}
