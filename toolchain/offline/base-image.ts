import { realpathSync } from "node:fs";
import { attempt, run } from "../command";
import type { Say } from "../step";
import { buildImage, hasImage, type ImageSource } from "./image-build";
import type { Minikube } from "../cluster/minikube";
import { canReachRegistry } from "../cluster/registry";

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
  if (!/^node:[\w.-]+$/.test(image) || minikube.machine.os !== "linux") return "can't be pulled";
  say(`${DOCKER_HUB} can't be reached: making ${image} from ${process.execPath}`);
  await buildImage(await nodeImage(image), say, env);
  return "made from this machine's Node.js";
}

/**
 * The base image that a Dockerfile names: the default of its argument BASE_IMAGE, or else that of its last stage.
 *
 * @param dockerfile the file's text
 * @returns undefined where that depends on another argument, and where there is none (`scratch`)
 */
export function baseImageIn(dockerfile: string): string | undefined {
  const argument = /^\s*ARG\s+BASE_IMAGE=(\S+)/im.exec(dockerfile)?.[1];
  const image = unquoted(argument ?? lastFrom(dockerfile));
  return image === undefined || image.includes("$") || image === "scratch" ? undefined : image;
}

/** What the last stage is from; where that is an earlier stage, what that one is from. */
function lastFrom(dockerfile: string): string | undefined {
  const stages = new Map<string, string>();
  let image: string | undefined;
  for (const [, from = "", name] of dockerfile.matchAll(FROM)) {
    image = stages.get(from.toLowerCase()) ?? from;
    if (name !== undefined) stages.set(name.toLowerCase(), image);
  }
  return image;
}

const FROM = /^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/gim;

function unquoted(word: string | undefined): string | undefined {
  return word?.replace(/^(["'])(.*)\1$/, "$2");
}

/** The environment in which `docker` speaks with the daemon in the node. */
async function dockerEnv({ file, machine }: Minikube, profile: string): Promise<NodeJS.ProcessEnv> {
  const output = await run(file, ["-p", profile, "docker-env", "--shell", "none"], { env: machine.env });
  const variables = [...output.matchAll(/^(DOCKER_\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]);
  return { ...machine.env, ...(Object.fromEntries(variables) as NodeJS.ProcessEnv) };
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
