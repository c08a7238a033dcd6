import { existsSync } from "node:fs";
import { relative } from "node:path";
import { digestOf, listEntries } from "../../../common/build-context/entries";
import {
  compare,
  hasUnknowns,
  isObject,
  secret,
  unwrapped,
  type Change,
  type Properties,
} from "./properties";

/** What to do about something that the stand-in doesn't support. */
export const REAL_PLUGIN =
  "Pulumi's docker plugin supports it: npm run up uses it if it can be downloaded (from get.pulumi.com or its releases on GitHub), or if its pulumi-resource-docker is on PATH.";

/** The supported inputs in `build`. */
const BUILD_INPUTS = [
  "context",
  "dockerfile",
  "platform",
  "target",
  "args",
  "builderVersion",
  "contextDigest",
];

/** An Image's inputs, with the digest of its context, or what is wrong with them. */
interface Checked {
  readonly inputs: Properties;
  readonly failures: readonly string[];
}

/** Checks an Image's inputs, and adds the digest of its context, which shows changed content, as in the real plugin. */
export async function checkImage(news: Properties): Promise<Checked> {
  if (hasUnknowns(news)) return { inputs: news, failures: [] };
  const build = isObject(news["build"]) ? news["build"] : {};
  const failures = [...failuresOf(news), ...buildFailures(build)];
  if (failures.length > 0) return { inputs: news, failures };
  const context = String(build["context"]);
  const contextDigest = await digestOf(context, await listEntries(context));
  return { inputs: { ...news, build: { ...build, contextDigest } }, failures };
}

function failuresOf({ imageName, skipPush, buildOnPreview }: Properties): string[] {
  const failures: string[] = [];
  if (typeof imageName !== "string" || imageName === "") failures.push("imageName: an image needs a name");
  if (skipPush !== true) failures.push(`skipPush: the stand-in can't push. ${REAL_PLUGIN}`);
  if (buildOnPreview === true) {
    failures.push(`buildOnPreview: the stand-in builds nothing in a preview. ${REAL_PLUGIN}`);
  }
  return failures;
}

function buildFailures(build: Properties): string[] {
  const { context, dockerfile, builderVersion } = build;
  const failures = Object.keys(build)
    .filter((key) => !BUILD_INPUTS.includes(key))
    .map((key) => `build.${key}: the stand-in doesn't support it. ${REAL_PLUGIN}`);
  if (builderVersion !== "BuilderBuildKit") {
    failures.push(`build.builderVersion: the stand-in supports only BuilderBuildKit. ${REAL_PLUGIN}`);
  }
  for (const [key, path] of Object.entries({ context, dockerfile })) {
    if (typeof path !== "string" || !existsSync(path)) {
      failures.push(`build.${key}: ${JSON.stringify(path)} doesn't exist in ${process.cwd()}`);
    }
  }
  return failures;
}

/** The differences between an Image's state and its new inputs. Every difference is an update, none is a replacement. */
export function diffImage(olds: Properties, news: Properties): Map<string, Change> {
  const inputs = unwrapped(olds["__inputs"]);
  return compare(isObject(inputs) ? inputs : {}, news);
}

/** The outputs of a built image. They contain the inputs, as the real plugin expects. */
export function outputsOf(inputs: Properties, imageId: string): Properties {
  const { imageName } = inputs;
  const { context, dockerfile, platform } = inputs["build"] as Properties;
  return {
    imageName,
    baseImageName: imageName,
    registryServer: "",
    context,
    dockerfile: relative(String(context), String(dockerfile)),
    platform,
    repoDigest: imageId,
    __inputs: secret(inputs),
  };
}
