import type Docker from "dockerode";
import type { Readable } from "node:stream";
import { archiveOf } from "./archive";
import type { Say } from "./output";
import { follow } from "./output";
import type { Properties } from "./properties";
import { hasUnknowns, isObject } from "./properties";

/**
 * Builds an image and shows the output line by line, as it comes.
 *
 * @param build an Image's `build` after Check.
 * @returns the image's ID.
 * @throws Error with the daemon's own words and the last lines of the output.
 */
export async function buildImage(
  docker: Docker,
  name: string,
  build: Properties,
  say: Say,
  abortSignal: AbortSignal,
): Promise<string> {
  const { stream, dockerfile } = archiveOf(String(build["context"]), String(build["dockerfile"]));
  for (const image of cacheOf(build)) await pull(docker, image, build["platform"], say);
  say("Starting Docker build");
  try {
    const output = await docker.buildImage(stream, { ...optionsOf(build), t: name, dockerfile, abortSignal });
    await follow(output as Readable, say);
  } catch (error) {
    throw abortSignal.aborted ? abortSignal.reason : new Error(`image build failed: ${reasonOf(error)}`);
  }
  const { Id } = await docker.getImage(name).inspect();
  say(`Image built successfully, local id "${Id}"`);
  return Id;
}

/** A cache that can't be had makes a build slower, not wrong. */
async function pull(docker: Docker, image: string, platform: unknown, say: Say): Promise<void> {
  try {
    say(`Pulling cached image ${image}`);
    await follow((await docker.pull(image, { platform })) as Readable, say);
  } catch (error) {
    say(`cacheFrom image ${image} not available: ${reasonOf(error)}`);
  }
}

function cacheOf({ cacheFrom }: Properties): string[] {
  const images = isObject(cacheFrom) ? cacheFrom["images"] : undefined;
  const known = (each: unknown) => typeof each === "string" && !hasUnknowns(each);
  return Array.isArray(images) ? (images.filter(known) as string[]) : [];
}

function optionsOf(build: Properties): Docker.ImageBuildOptions {
  const { args, platform, target, network, addHosts } = build;
  const cache = cacheOf(build);
  const given = {
    buildargs: isObject(args) ? known(args) : undefined,
    platform,
    target,
    networkmode: network,
    extrahosts: addHosts,
    cachefrom: cache.length > 0 ? JSON.stringify(cache) : undefined,
  };
  // forcerm: a step that failed leaves no container behind.
  return { version: "1", forcerm: true, ...known(given) };
}

function known(values: Properties): Record<string, string> {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined && !hasUnknowns(value));
  return Object.fromEntries(entries) as Record<string, string>;
}

/** The daemon's own words in what dockerode throws. */
function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error))
    .replace(/^\(HTTP code \d+\) [^-]* - /, "")
    .trim();
}
