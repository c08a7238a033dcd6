import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { acquire } from "../../../toolchain/acquire";
import { attempt } from "../../../toolchain/command";
import { testTools } from "../../../toolchain/tools";
import { environmentWithTools, machine, places, PROFILE } from "./place";
import { succeeds } from "./shell";
import { until } from "./until";

const PORT = 15_443;
const [USER, PASSWORD] = ["tester", "correct-horse"];
/** The password, hashed as by `htpasswd -B`. */
const HTPASSWD = `${USER}:$2b$05$L4AsRZ0R4n3jxZl25rmsuOgB3rrnETAsEnimUXDSnu5C.WTn2XEji\n`;
/** Where a Docker daemon looks for the certificates that it trusts (https://docs.docker.com/engine/security/certificates). */
const TRUST = "/etc/docker/certs.d";

/**
 * A real registry (https://distribution.github.io/distribution), as a process of this machine, with TLS and a password.
 * This machine's daemon trusts it as long as it runs, and a node's that is told to.
 */
export class Registry {
  readonly #folder = join(places.world, "registry");
  readonly #trust: string;
  readonly #docker = join(this.#folder, "docker");
  #log = "";
  #process: ChildProcess | undefined;

  /** The environment of a person who has typed `docker login`. */
  readonly env = { ...environmentWithTools, DOCKER_CONFIG: this.#docker };
  /** What no output may contain. */
  readonly secrets = [PASSWORD, base64(`${USER}:${PASSWORD}`)];

  private constructor(readonly host: string) {
    this.#trust = `${TRUST}/${host}`;
  }

  /** Starts a registry at this machine's address in the profile's network: its daemon and the nodes reach it there. */
  static async start(profile = PROFILE): Promise<Registry> {
    const format = "--format={{range.IPAM.Config}}{{.Gateway}}{{end}}";
    const address = (await succeeds(`docker network inspect ${profile} ${format}`)).trim();
    const registry = new Registry(`${address}:${PORT}`);
    await registry.#start(address);
    return registry;
  }

  /** Makes the daemon of a node trust it. */
  async trustedBy(node: string): Promise<void> {
    await succeeds(`docker exec ${node} mkdir -p ${this.#trust}`);
    await succeeds(`docker cp ${this.#trust}/ca.crt ${node}:${this.#trust}/ca.crt`);
  }

  async #start(address: string): Promise<void> {
    const { dir } = await acquire(testTools.registry, machine, () => {});
    const [key, certificate] = ["key.pem", "ca.crt"].map((file) => join(this.#folder, file));
    const [htpasswd, config] = ["htpasswd", "config.yml"].map((file) => join(this.#folder, file));
    await rm(this.#folder, { recursive: true, force: true });
    await mkdir(this.#docker, { recursive: true });
    const subject = `-subj /CN=registry -addext subjectAltName=IP:${address}`;
    const files = `-keyout ${key} -out ${certificate}`;
    await succeeds(`openssl req -x509 -newkey rsa:2048 -nodes -days 2 ${subject} ${files}`);
    await writeFile(htpasswd!, HTPASSWD);
    const settings = {
      version: 0.1,
      storage: { filesystem: { rootdirectory: join(this.#folder, "data") } },
      http: { addr: `:${PORT}`, tls: { certificate, key } },
      auth: { htpasswd: { realm: "test", path: htpasswd } },
    };
    await writeFile(config!, JSON.stringify(settings)); // which is YAML too
    await mkdir(this.#trust, { recursive: true });
    await cp(certificate!, `${this.#trust}/ca.crt`);
    const env = { ...process.env, OTEL_TRACES_EXPORTER: "none" };
    this.#process = spawn(join(dir, "registry"), ["serve", config!], { env });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.on("data", (data: Buffer) => (this.#log += data.toString()));
    }
    await until("the registry takes the password", 10_000, () => this.logIn());
  }

  /** Runs `docker login`. @returns whether it succeeded */
  async logIn(): Promise<boolean> {
    const args = ["login", this.host, "-u", USER, "-p", PASSWORD];
    return (await attempt("docker", args, { env: this.env })).exitCode === 0;
  }

  /** Stores a password that the registry refuses, as if it had been changed there. */
  async logInWrongly(password: string): Promise<void> {
    const auths = { [this.host]: { auth: base64(`${USER}:${password}`) } };
    await writeFile(join(this.#docker, "config.json"), JSON.stringify({ auths }));
  }

  /** The tags of an image in the registry, with the digest of each. */
  async digests(image: string): Promise<Readonly<Record<string, string>>> {
    const tags = join(this.#folder, "data/docker/registry/v2/repositories", image, "_manifests/tags");
    const names = await readdir(tags).catch(() => []);
    const digests = names.map(async (tag): Promise<[string, string]> => {
      return [tag, await readFile(join(tags, tag, "current/link"), "utf8")];
    });
    return Object.fromEntries(await Promise.all(digests));
  }

  /** The number of images and layers that were pushed. */
  get writes(): { images: number; layers: number } {
    const count = (request: RegExp) => this.#log.match(request)?.length ?? 0;
    return { images: count(/"PUT \S+\/manifests\//g), layers: count(/"PUT \S+\/blobs\/uploads\//g) };
  }

  /** Stops it, and removes what was built for it from this machine's daemon. */
  async stop(): Promise<void> {
    this.#process?.kill();
    if (this.#process?.exitCode === null) await once(this.#process, "exit");
    const format = "--format={{.Repository}}:{{.Tag}}";
    const { stdout } = await attempt("docker", ["images", format, `${this.host}/*/*`], {});
    await attempt("docker", ["rmi", ...stdout.trim().split("\n")], {});
    await rm(this.#trust, { recursive: true, force: true });
    await attempt("docker", ["exec", PROFILE, "rm", "-r", this.#trust], {});
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
