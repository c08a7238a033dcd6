import { realpathSync } from "node:fs";
import { attempt, run } from "../command";
import type { Say } from "../step";
import { buildImage, hasImage, type ImageSource } from "./image-build";
import type { Minikube } from "./minikube";
import { canReachRegistry } from "./registry";

/** Where Docker pulls an image whose name has no registry in it. */
const DOCKER_HUB = "registry-1.docker.io";

/**
 * Sees to the base image of a service in the node's Docker daemon. Where it can't be pulled and is a Node.js
 * image, one is made from the machine's own node binary and the libraries that it links to, under the same name
 * and labelled as what it is.
 *
 * @param image its name, as the Dockerfile has it
 * @returns what was done about it
 */
export async function ensureBaseImage(
  minikube: Minikube,
  profile: string,
  image: string,
  say: Say,
): Promise<string> {
  const env = await dockerEnv(minikube, profile);
  if (await hasImage(image, env)) return "there";
  if (await canReachRegistry(DOCKER_HUB)) return "to be pulled by the build";
  if (!/^node:/.test(image) || minikube.machine.os !== "linux") return "can't be pulled";
  say(`${DOCKER_HUB} can't be reached: making ${image} from ${process.execPath}`);
  await buildImage(await nodeImage(image), say, env);
  return "made from this machine's Node.js";
}

/**
 * The base image that a Dockerfile names: the default of its argument BASE_IMAGE, or else its last FROM.
 *
 * @param dockerfile the file's text
 * @returns undefined where that depends on another argument
 */
export function baseImageIn(dockerfile: string): string | undefined {
  const argument = /^ARG\s+BASE_IMAGE=(\S+)/m.exec(dockerfile)?.[1];
  const from = [...dockerfile.matchAll(/^FROM\s+(?:--\S+\s+)*(\S+)/gim)].at(-1)?.[1];
  const image = argument ?? from;
  return image?.includes("$") === true ? undefined : image;
}

/** The environment in which `docker` speaks with the daemon in the node. */
async function dockerEnv({ file }: Minikube, profile: string): Promise<NodeJS.ProcessEnv> {
  const output = await run(file, ["-p", profile, "docker-env", "--shell", "none"]);
  const variables = output.split("\n").map((line) => line.split("=") as [string, string?]);
  return Object.fromEntries<string | undefined>(
    variables.filter(([name, value]) => name.startsWith("DOCKER_") && value !== undefined),
  );
}

/** node and everything it links to, at the paths where they are; ldd names them all, the loader included. */
async function nodeImage(tag: string): Promise<ImageSource> {
  const { output } = await attempt("ldd", [process.execPath]);
  const libraries = [...output.matchAll(/(\/\S+)/g)].map(([path]) => path);
  const files = Object.fromEntries(libraries.map((path) => [`root${path}`, realpathSync(path)]));
  return {
    tag,
    dockerfile: {
      text: [
        "FROM scratch",
        "COPY root/ /",
        "ENV PATH=/usr/local/bin",
        `LABEL org.opencontainers.image.title="A stand-in for ${tag}, made from the Node.js ${process.version} of the machine"`,
        "",
      ].join("\n"),
    },
    files: { ...files, "root/usr/local/bin/node": realpathSync(process.execPath) },
  };
}
