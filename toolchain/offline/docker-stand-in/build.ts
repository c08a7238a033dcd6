import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { Readable } from "node:stream";
import { Directive, DockerfileParser } from "dockerfile-ast";
import type Docker from "dockerode";
import { Header, Pack, ReadEntry, type HeaderData } from "tar";
import { listEntries } from "../../../common/build-context/entries";
import { dockerClient } from "../../../common/docker-client";
import type { Say } from "../../step";
import { follow } from "./progress";
import type { Properties } from "./properties";

/** How long the daemon may take to answer a ping, in milliseconds. */
const PING_TIMEOUT = 10_000;

/**
 * Connects to the daemon that docker.Provider names, or else DOCKER_HOST.
 *
 * @throws Error with the address, if the daemon doesn't answer
 */
export async function connect(variables: ReadonlyMap<string, string>): Promise<Docker> {
  const given = (key: string, name: string) => variables.get(`docker:config:${key}`) || process.env[name];
  const host = given("host", "DOCKER_HOST") || "unix:///var/run/docker.sock";
  const certPath = given("certPath", "DOCKER_CERT_PATH");
  const address = { host, ...(certPath && { certPath }) };
  try {
    await (await dockerClient(address, PING_TIMEOUT)).ping();
  } catch (error) {
    throw new Error(`the Docker daemon at ${host} doesn't answer: ${reasonOf(error)}`, { cause: error });
  }
  return await dockerClient(address);
}

/**
 * Builds an image with BuildKit, and shows each line of the output at once.
 *
 * @param inputs an Image's inputs after Check
 * @returns the image's ID
 * @throws Error with the daemon's message and the last lines of the output
 */
export async function buildImage(
  docker: Docker,
  inputs: Properties,
  say: Say,
  abortSignal: AbortSignal,
): Promise<string> {
  abortSignal.throwIfAborted();
  const { context, dockerfile, platform, target, args } = inputs["build"] as Record<string, string>;
  const t = String(inputs["imageName"]);
  const file = relative(context ?? "", dockerfile ?? "");
  const given = { platform, target, buildargs: args };
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const text = await readFile(dockerfile ?? "", "utf8");
  try {
    const archive = await archiveOf(context ?? "", file, withoutSyntax(text));
    const options = { version: "2", t, dockerfile: file, abortSignal, ...known };
    const output = await docker.buildImage(archive, options as Docker.ImageBuildOptions);
    await follow(output as Readable, say);
  } catch (error) {
    if (abortSignal.aborted) throw abortSignal.reason;
    const reason = [adviceOn(reasonOf(error), text), reasonOf(error)].filter(Boolean).join("\n");
    throw new Error(`image build failed: ${reason}`, { cause: error });
  }
  return (await docker.getImage(t).inspect()).Id;
}

/** Makes a tar stream of the context, owned by root, with the given text as its Dockerfile. */
async function archiveOf(context: string, dockerfile: string, text: string): Promise<Readable> {
  const pack = new Pack({ cwd: context, noDirRecurse: true, portable: true });
  for (const { path } of await listEntries(context)) {
    pack.add(path === dockerfile ? fileEntry(path, text) : path);
  }
  pack.end();
  return Readable.from(pack);
}

function fileEntry(path: string, text: string): ReadEntry {
  const content = Buffer.from(text);
  const header = {
    path,
    type: "File",
    mode: 0o644,
    size: content.length,
    mtime: new Date(0),
    uid: 0,
    gid: 0,
  };
  const entry = new ReadEntry(new Header(header as HeaderData));
  entry.end(content);
  return entry;
}

/** The daemon's message in an error of dockerode. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^\(HTTP code \d+\) [^-]* - /, "").trim();
}

/** The official frontend of any version. */
const OFFICIAL = /^(docker\.io\/)?docker\/dockerfile(:|$)/;

/**
 * Removes `# syntax=` for the official frontend from a Dockerfile, so that the daemon's own frontend reads it. The official
 * one could not be pulled here, and Docker 20.10 doesn't pass the request's context to it ("context not found").
 */
function withoutSyntax(dockerfile: string): string {
  const directive = DockerfileParser.parse(dockerfile)
    .getDirectives()
    .find((each) => each.getDirective() === Directive.syntax && OFFICIAL.test(each.getValue()));
  const line = directive?.getRange().start.line;
  if (line === undefined) return dockerfile;
  return dockerfile
    .split("\n")
    .filter((_, index) => index !== line)
    .join("\n");
}

/**
 * Advice for a Dockerfile that the daemon's frontend can't read: before Docker 23, it reads the lines of a heredoc as
 * instructions (https://docs.docker.com/build/buildkit/frontend).
 */
function adviceOn(failure: string, dockerfile: string): string | undefined {
  if (!/dockerfile parse error|unknown instruction/.test(failure)) return undefined;
  const instructions = DockerfileParser.parse(
    dockerfile,
  ).getInstructions() as unknown as readonly MayHaveHeredocs[];
  const has = instructions.some((each) => (each.getHeredocs?.().length ?? 0) > 0);
  if (!has) return undefined;
  return "The Docker in the node is older than 23 and reads no heredocs (<<): copy a file from the build context instead.";
}

/** COPY, ADD and RUN have this method. It is protected in the type of all instructions. */
interface MayHaveHeredocs {
  getHeredocs?(): readonly unknown[];
}
