import type { DaemonAddress } from "../../common/docker-client";
import { attempt, CommandError, run } from "../command";
import type { Machine } from "../machine";
import type { Say } from "../step";
import { canReachRegistry } from "./registry";

/** The registry of images whose name doesn't contain one. */
const DOCKER_HUB = "registry-1.docker.io";

/** The label of a stand-in. The real image doesn't have it. */
const STAND_IN_LABEL = "koa-on-minikube.stand-in";

/**
 * Prepares a service's base images in the Docker daemon that builds the service. If a Node.js image can't be pulled, makes
 * a stand-in with the same name: this machine's node binary, and the libraries that it links to. The real image replaces
 * the stand-in once it can be pulled.
 *
 * @param images the names in the Dockerfile
 * @returns what was done, in a few words
 */
export async function ensureBaseImages(
  machine: Machine,
  builder: DaemonAddress,
  images: readonly string[],
  say: Say,
): Promise<string> {
  if (images.length === 0) return "the Dockerfile names none";
  const env = { ...machine.env, ...variablesOf(builder) };
  const done: string[] = [];
  for (const image of images) done.push(`${image}: ${await ensureImage(image, say, env, machine)}`);
  return done.join("; ");
}

async function ensureImage(
  image: string,
  say: Say,
  env: NodeJS.ProcessEnv,
  machine: Machine,
): Promise<string> {
  const found = await findImage(image, env);
  if (found === "real") return "present";
  // If there is a stand-in, one try is enough: the next run tries again.
  const reachable = await canReachRegistry(registryOf(image), found === undefined ? "patiently" : "once");
  if (found === "stand-in") return reachable ? await pull(image, say, env) : standsIn(image, say);
  if (reachable) return "the build pulls it";
  if (!/^node(:[\w.-]+)?$/.test(image) || machine.os !== "linux") return "can't be pulled";
  const { buildNodeStandIn } = await import("../offline/index.js");
  await buildNodeStandIn(image, STAND_IN_LABEL, say, env);
  return standsIn(image, say);
}

async function findImage(image: string, env: NodeJS.ProcessEnv): Promise<"real" | "stand-in" | undefined> {
  const format = `{{index .Config.Labels "${STAND_IN_LABEL}"}}`;
  const { exitCode, stdout } = await attempt("docker", ["image", "inspect", "-f", format, image], { env });
  if (exitCode !== 0) return undefined;
  return stdout.trim() === "" || stdout.includes("<no value>") ? "real" : "stand-in";
}

/** The part before the name's first slash, if it is a host; else Docker Hub. */
function registryOf(image: string): string {
  const [first = "", ...rest] = image.split("/");
  if (rest.length === 0 || !/[.:]|^localhost$/.test(first) || first === "docker.io") return DOCKER_HUB;
  return first;
}

async function pull(image: string, say: Say, env: NodeJS.ProcessEnv): Promise<string> {
  try {
    await run("docker", ["pull", image], { env, say });
    return "pulled, and replaces its stand-in";
  } catch (error) {
    if (error instanceof CommandError) return standsIn(image, say);
    throw error;
  }
}

function standsIn(image: string, say: Say): string {
  say(
    `${image} can't be pulled: using a stand-in with this machine's Node.js ${process.version}, without a shell`,
    "notice",
  );
  return `a stand-in, Node.js ${process.version}`;
}

/** The variables with which the `docker` command uses a daemon. */
function variablesOf({ host, certPath }: DaemonAddress): NodeJS.ProcessEnv {
  const tls = certPath === undefined ? {} : { DOCKER_CERT_PATH: certPath, DOCKER_TLS_VERIFY: "1" };
  return { DOCKER_HOST: host, ...tls };
}
