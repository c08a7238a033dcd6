import type Docker from "dockerode";
import { dockerClient } from "../../common/docker-client";
import { UserError } from "../../common/problem";
import type { DockerVariables } from "../connection/docker-command";
import { credentialsKey, findCredentials, type Credentials } from "./registry-credentials";
import type { ImageStore, ReleaseImage } from "./store";

/**
 * The images in a registry, which nodes pull from: this machine's Docker daemon builds and pushes them, and pods name
 * them by digest. A pushed image is never removed. All requests go through the daemon, which knows its proxies and
 * mirrors.
 */
export class RegistryStore implements ImageStore {
  readonly pullPolicy = "IfNotPresent";
  readonly #host: string;
  #credentials: Promise<Credentials | undefined> | undefined;

  /**
   * @param built the images in the daemon, under their full name
   * @param repository host and path of the image, without a tag
   */
  constructor(
    private readonly built: ImageStore,
    private readonly repository: string,
    private readonly variables: DockerVariables,
  ) {
    this.#host = repository.split("/")[0] ?? "";
  }

  get builder() {
    return this.built.builder;
  }

  nameOf(tag: string): string {
    return `${this.repository}:${tag}`;
  }

  async imageOf(tag: string): Promise<string> {
    const digest = await this.#digestOf(tag);
    return digest === undefined ? this.nameOf(tag) : `${this.repository}@${digest}`;
  }

  /** Pushes the image unless the registry has it. A registry may refuse to answer for a repository without images. */
  async ensure(tag: string): Promise<void> {
    const digest = await this.#digestOf(tag).catch(() => undefined);
    if (digest === undefined) await this.#push(tag);
  }

  async tags(among: readonly string[]): Promise<string[]> {
    const found = among.map(async (tag) => ((await this.#digestOf(tag)) === undefined ? [] : [tag]));
    return (await Promise.all(found)).flat();
  }

  /** The images in the daemon: only the owner of a registry cleans it up. */
  newestFirst(): Promise<ReleaseImage[]> {
    return this.built.newestFirst();
  }

  remove(tag: string): Promise<void> {
    return this.built.remove(tag);
  }

  async pullSecret(): Promise<string | undefined> {
    const credentials = await this.#findCredentials();
    if (credentials === undefined) return undefined;
    const auth = Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64");
    return JSON.stringify({ auths: { [credentialsKey(this.#host)]: { ...credentials, auth } } });
  }

  /**
   * Checks as `docker login` does that the registry answers, and takes the credentials. It stores and pushes nothing.
   *
   * @returns whether there are credentials
   * @throws {UserError} if it doesn't answer, or refuses the credentials
   */
  async check(): Promise<boolean> {
    const credentials = await this.#findCredentials();
    try {
      await (await this.#docker()).checkAuth({ ...credentials, serveraddress: this.#host });
      return credentials !== undefined;
    } catch (error) {
      throw this.#refused("can't be asked", error as Error);
    }
  }

  /** The digest of a release's image. Undefined if the registry lacks it. @throws {UserError} if it doesn't answer */
  async #digestOf(tag: string): Promise<string | undefined> {
    try {
      const image = (await this.#docker()).getImage(this.nameOf(tag));
      return (await image.distribution(await this.#login())).Descriptor.digest;
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw this.#refused("can't be asked", error as Error);
    }
  }

  async #push(tag: string): Promise<void> {
    const docker = await this.#docker();
    try {
      const progress = await docker.getImage(this.nameOf(tag)).push(await this.#login());
      const messages = await new Promise<{ error?: string }[]>((resolve, reject) =>
        docker.modem.followProgress(progress, (error, all) =>
          error ? reject(error) : resolve(all as { error?: string }[]),
        ),
      );
      const failure = messages.find(({ error }) => error !== undefined);
      if (failure !== undefined) throw new Error(failure.error);
    } catch (error) {
      throw this.#refused("doesn't take the image", error as Error);
    }
  }

  /** The credentials for the daemon, which requires the parameter even if there are none. */
  async #login(): Promise<{ authconfig: object }> {
    const credentials = await this.#findCredentials();
    return { authconfig: credentials ? { ...credentials, serveraddress: this.#host } : {} };
  }

  /** Reads the credentials once: a credential helper is a process, and may ask the user. */
  #findCredentials(): Promise<Credentials | undefined> {
    return (this.#credentials ??= findCredentials(this.#host, this.variables));
  }

  #docker(): Promise<Docker> {
    return dockerClient(this.builder);
  }

  #refused(what: string, { message }: Error): UserError {
    return new UserError({
      // dockerode puts the daemon's answer in front: `(HTTP code 500) server error - `.
      what: `The registry ${this.#host} ${what}: ${message.replace(/^\(HTTP code .*?\) .*? - /, "").trim()}`,
      where: `stack config, key registry; ${this.repository}`,
      todo: `docker login ${this.#host}, or: npx pulumi config set registry HOST/PATH`,
    });
  }
}

function statusOf(error: unknown): unknown {
  return (error as { statusCode?: unknown }).statusCode;
}
