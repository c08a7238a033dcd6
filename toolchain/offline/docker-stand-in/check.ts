import fs from "node:fs";
import path from "node:path";
import { digestOf } from "./context";
import { notSupported, type Failure } from "./limits";
import type { Properties } from "./properties";
import { hasUnknowns, isObject } from "./properties";

/** An Image's inputs with their defaults and the context's digest in, or what is wrong with them. */
export interface Checked {
  readonly inputs: Properties;
  readonly failures: readonly Failure[];
  /** What a person should know, though nothing is wrong. */
  readonly notes: readonly string[];
}

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386", ppc64: "ppc64le" };

/** Checks an Image's inputs and fills in what the real plugin fills in, the same way. */
export function checkImage(news: Properties): Checked {
  const given = news["build"] ?? {};
  const failures = [...shapeFailures(news), ...notSupported(news)];
  if (!isObject(given)) return { inputs: news, failures, notes: [] };
  const build = withDefaults(given);
  const digest = hasUnknowns([build["context"], build["dockerfile"]]) ? {} : contextDigest(build, failures);
  const inputs = { ...news, buildOnPreview: onPreview(news), build: { ...build, ...digest } };
  return { inputs, failures, notes: notesOn(given, build) };
}

function onPreview({ buildOnPreview }: Properties): unknown {
  return buildOnPreview === undefined || hasUnknowns(buildOnPreview) ? false : buildOnPreview;
}

function withDefaults(build: Properties): Properties {
  const context = build["context"] ?? ".";
  const platform = build["platform"] ?? `linux/${ARCHITECTURES[process.arch] ?? process.arch}`;
  const beside =
    typeof context === "string" && !hasUnknowns(context) ? path.join(context, "Dockerfile") : context;
  return { ...build, context, dockerfile: build["dockerfile"] ?? beside, platform };
}

function shapeFailures({ imageName, build }: Properties): Failure[] {
  const failures: Failure[] = [];
  if (typeof imageName !== "string" || imageName === "") {
    failures.push({ property: "imageName", reason: "an image needs a name, such as demo:1.0" });
  }
  if (build !== undefined && !isObject(build) && !hasUnknowns(build)) {
    failures.push({ property: "build", reason: "build is an object, such as { context, dockerfile }" });
  }
  return failures;
}

function contextDigest(build: Properties, failures: Failure[]): Properties {
  const [context, dockerfile] = [String(build["context"]), String(build["dockerfile"])];
  const failure = missing(context, dockerfile);
  if (failure !== undefined) failures.push(failure);
  if (failures.length > 0) return {};
  try {
    return { contextDigest: digestOf(context, dockerfile) };
  } catch (error) {
    failures.push({ property: "build.context", reason: `unable to hash build context: ${messageOf(error)}` });
    return {};
  }
}

function missing(context: string, dockerfile: string): Failure | undefined {
  if (!fs.existsSync(context)) {
    return { property: "build.context", reason: `there is no folder ${JSON.stringify(context)}` };
  }
  if (fs.existsSync(dockerfile)) return undefined;
  const meant = path.join(context, dockerfile);
  const hint = fs.existsSync(meant) ? `. Try setting dockerfile to ${JSON.stringify(meant)}` : "";
  const reason = `could not open dockerfile ${JSON.stringify(dockerfile)}, seen from ${process.cwd()}${hint}`;
  return { property: "build.dockerfile", reason };
}

function notesOn(given: Properties, filled: Properties): string[] {
  if (given["platform"] !== undefined) return [];
  const platform = String(filled["platform"]);
  return [`Building your image for ${platform}, as this machine is. Set build.platform to choose.`];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
