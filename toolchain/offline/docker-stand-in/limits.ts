import type { Properties } from "./properties";
import { hasUnknowns, isObject } from "./properties";
import { REAL_PLUGIN } from "./announcement";

/** An input that won't do. */
export interface Failure {
  /** The path of the input, such as `build.dockerfile`. */
  readonly property: string;
  readonly reason: string;
}

/** What an Image may not ask of the stand-in; some of it the real plugin refuses as well. */
export function notSupported(inputs: Properties): Failure[] {
  return [...pushing(inputs), ...builder(inputs["build"]), ...cache(inputs)];
}

function pushing({ skipPush }: Properties): Failure[] {
  if (skipPush === true || hasUnknowns(skipPush)) return [];
  return [
    { property: "skipPush", reason: `the stand-in can't push images: set skipPush to true. ${REAL_PLUGIN}` },
  ];
}

/**
 * Whoever names BuildKit has a Dockerfile that needs it: the classic builder would fail on it, or drop cache
 * mounts in silence. Whoever names no builder gets the classic one.
 */
function builder(build: unknown): Failure[] {
  const version = isObject(build) ? build["builderVersion"] : undefined;
  if (version === undefined || version === "BuilderV1" || hasUnknowns(version)) return [];
  const property = "build.builderVersion";
  if (version !== "BuilderBuildKit") return [{ property, reason: "invalid Docker Builder version" }];
  return [{ property, reason: `the stand-in builds with BuilderV1 alone: set that. ${REAL_PLUGIN}` }];
}

function cache({ imageName, build }: Properties): Failure[] {
  const cacheFrom = isObject(build) ? build["cacheFrom"] : undefined;
  if (!isObject(cacheFrom)) return [];
  const { images } = cacheFrom;
  if (images === undefined)
    return [{ property: "build.cacheFrom", reason: "cacheFrom requires an `images` field" }];
  if (!Array.isArray(images) || images.length === 0) return [];
  return [imageName, ...(images as unknown[])]
    .filter((name) => !isCanonical(name))
    .map((name) => ({
      property: "build.cacheFrom",
      reason: `${JSON.stringify(name)} must be fully qualified, such as docker.io/repository/image:tag`,
    }));
}

/** Does an image's name begin with its registry? Docker Hub's have two parts more, even if the first is "library". */
function isCanonical(name: unknown): boolean {
  if (typeof name !== "string" || hasUnknowns(name)) return true;
  const [registry = "", ...rest] = name.split("/");
  const isHost = registry === "localhost" || /[.:]/.test(registry);
  return isHost && rest.length >= (registry === "docker.io" ? 2 : 1);
}
