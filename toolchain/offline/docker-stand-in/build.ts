import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { Readable } from "node:stream";
import type Docker from "dockerode";
import { Header, Pack, ReadEntry, type HeaderData } from "tar";
import { listEntries } from "../../../common/build-context/entries";
import { dockerClient } from "../../../common/docker-client";
import { adviceOn, withoutSyntax } from "./frontend";
import { follow } from "./progress";
import type { Properties } from "./properties";

/** Shows one line of progress. */
type Say = (line: string) => void;

/** In milliseconds: how long a daemon may take to say that it is there. */
const PING_TIMEOUT = 10_000;

/**
 * Connects to the daemon that the docker.Provider names, or else DOCKER_HOST.
 *
 * @throws Error with the address if it doesn't answer
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
 * Builds an image with BuildKit and shows the output line by line, as it comes.
 *
 * @param inputs an Image's inputs after Check
 * @returns the image's ID
 * @throws Error with the daemon's own words and the last lines of the output
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

/** The context as a tar stream, owned by root, with this text as its Dockerfile. */
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

/** The daemon's own words in what dockerode throws. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^\(HTTP code \d+\) [^-]* - /, "").trim();
}
