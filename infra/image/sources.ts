import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { UserError } from "../../common/problem";
import type { Config } from "../config";

/** The part of a stack's config that says what is built. infra/config/schema.ts describes it. */
export type BuildConfig = Pick<Config, "service" | "bundle" | "build">;

/** Where a service is built from. Paths are absolute. */
export interface Sources {
  readonly service: string;
  readonly context: string;
  readonly dockerfile: string;
  readonly dockerfileText: string;
  /** The Dockerfile's path in the prepared context. */
  readonly dockerfileName: string;
  /** Whether the context is `main.ts` and everything that it imports, in one file. */
  readonly bundled: boolean;
}

/** The folder of this project's own service. */
const OWN_SERVICE = "service";

/** The name of a Dockerfile that lies outside of its build context. */
const OUTSIDE = ".Dockerfile.koa-on-minikube";

/**
 * Finds the folders and the Dockerfile that config names.
 *
 * @param root the folder of Pulumi.yaml
 * @throws {UserError} if one of them is missing
 */
export async function findSources(root: string, config: BuildConfig): Promise<Sources> {
  const { service: folder, build } = config;
  const service = resolve(root, folder);
  const context = resolve(service, build.context);
  const dockerfile = resolve(service, build.dockerfile);
  if (!isFolder(service)) throw missing(`The folder of the service, ${folder},`, service, "service FOLDER");
  if (!isFolder(context)) throw missing("The build context", context, "--path build.context FOLDER");
  if (!isFile(dockerfile)) throw noDockerfile(folder, service, build.dockerfile);
  const inside = relative(context, dockerfile);
  const outside = inside.startsWith("..") || isAbsolute(inside);
  return {
    service,
    context,
    dockerfile,
    dockerfileText: await readText(dockerfile),
    dockerfileName: outside ? OUTSIDE : inside.split(sep).join("/"),
    bundled: config.bundle ?? service === join(root, OWN_SERVICE),
  };
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

async function readText(file: string): Promise<string> {
  return await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new UserError({
      what: `The Dockerfile can't be read: ${error.code}.`,
      where: file,
      todo: "Make it readable.",
    });
  });
}

function missing(what: string, where: string, key: string): UserError {
  return new UserError({
    what: `${what} doesn't exist.`,
    where,
    todo: `Put it there, or name another folder: npx pulumi config set ${key}`,
  });
}

function noDockerfile(folder: string, service: string, name: string): UserError {
  return new UserError({
    what: `The folder of the service, ${folder}, has no ${name}.`,
    where: join(service, name),
    todo: "Put it there, or name another: npx pulumi config set --path build.dockerfile FILE",
  });
}
