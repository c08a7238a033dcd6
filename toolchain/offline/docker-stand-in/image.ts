import type Docker from "dockerode";
import { dockerfileIn } from "./archive";
import { buildImage } from "./build";
import type { Say } from "./output";
import type { Change, Properties } from "./properties";
import { compare, hasUnknowns, isObject, secret, unwrapped } from "./properties";

/** What came of a create or an update: an ID (the image's name) and the outputs to keep in the state. */
export interface Built {
  readonly id: string;
  readonly outputs: Properties;
}

/**
 * What differs between an image's state and its new inputs. Nothing ever replaces an image: another name or
 * another content is an update. Credentials of a registry may change as often as they like.
 */
export function diffImage(olds: Properties, news: Properties): Map<string, Change> {
  const changes = compare(inputsIn(olds), news);
  if (changes.get("registry") === "update" && serverOf(inputsIn(olds)) === serverOf(news)) {
    changes.delete("registry");
  }
  return changes;
}

/** Is there enough to build in a preview, and does the program want that? */
export function buildsOnPreview({ buildOnPreview, imageName, build }: Properties): boolean {
  return buildOnPreview === true && !hasUnknowns(imageName) && !hasUnknowns(build);
}

/**
 * Builds an image from inputs that went through Check. The outputs are those of the real plugin, and the inputs
 * are kept beside them where the real plugin looks for them.
 */
export async function makeImage(
  docker: Docker,
  inputs: Properties,
  say: Say,
  abortSignal: AbortSignal,
): Promise<Built> {
  const imageName = String(inputs["imageName"]);
  const build = isObject(inputs["build"]) ? inputs["build"] : {};
  const repoDigest = await buildImage(docker, imageName, build, say, abortSignal);
  const { context, platform } = build;
  const dockerfile = dockerfileIn(String(context), String(build["dockerfile"]));
  const names = { imageName, baseImageName: imageName, registryServer: serverOf(inputs) };
  return {
    id: imageName,
    outputs: { ...names, context, dockerfile, platform, repoDigest, __inputs: secret(inputs) },
  };
}

function inputsIn(state: Properties): Properties {
  const inputs = unwrapped(state["__inputs"]);
  return isObject(inputs) ? inputs : {};
}

function serverOf({ registry }: Properties): unknown {
  return (isObject(registry) ? registry["server"] : undefined) ?? "";
}
