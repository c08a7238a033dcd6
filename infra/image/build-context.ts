import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { readDockerignore } from "../../common/build-context/dockerignore";
import { copyEntries, digestOf, listEntries, type Entry } from "../../common/build-context/entries";
import { tagOf } from "../../common/build-context/tag";
import { bundle } from "./bundle";
import { labelled, refuseUnknownTarget } from "./dockerfile";
import { findSources, type BuildConfig, type Sources } from "./sources";

export { findSources, type Sources } from "./sources";

/** A folder that is sent to a Docker daemon unchanged, and the tag that identifies its content. */
export interface BuildContext {
  readonly folder: string;
  readonly dockerfile: string;
  readonly tag: string;
  readonly target: string | undefined;
  readonly args: Readonly<Record<string, string>>;
  /** Problems that don't prevent the build. */
  readonly warnings: readonly string[];
}

/**
 * The variable in which a command passes its context to the program. The program then deploys the code that the command has
 * checked, even if a file has changed meanwhile, and doesn't spend a third of a second on making the context again.
 */
export const BUILD_CONTEXT = "KOA_ON_MINIKUBE_BUILD_CONTEXT";

/** Returns the context that a command has passed, or makes one. @throws {UserError} as `prepareContext` does */
export async function passedContext(
  env: Readonly<Record<string, string | undefined>>,
  root: string,
  config: BuildConfig,
): Promise<BuildContext> {
  const passed = JSON.parse(env[BUILD_CONTEXT] ?? "null") as BuildContext | null;
  return passed && (await touch(passed.folder)) ? passed : await prepareContext(root, config);
}

/** The files of a context: those of the service's folder, or the bundle. */
interface Content {
  readonly folder: string;
  readonly entries: readonly Entry[];
  readonly warnings: readonly string[];
}

/** The folder of generated files in a checkout. It is never part of a context. */
const OUTPUT = ".build";

/** In milliseconds. A context that hasn't been used for this long is removed. */
const KEEP_MS = 3_600_000;

/** In bytes. A larger context causes a warning. */
const LARGE = 100_000_000;

/** Part of every tag. Increase it when a change of this project makes a different image of the same sources. */
const FORMAT = 1;

/**
 * Makes the build context of a service in a folder of its own below `.build`, which any Docker client can send unchanged:
 * excluded files are left out, modes don't depend on the umask, and the Dockerfile has our label. The tag is a hash of
 * everything that the builder sees: the same content has the same tag in every checkout.
 *
 * @param root the folder of Pulumi.yaml
 * @throws {UserError} if sources are missing, can't be read or can't be bundled
 */
export async function prepareContext(root: string, config: BuildConfig): Promise<BuildContext> {
  const work = join(root, OUTPUT, "contexts");
  const sources = await findSources(root, config);
  const { target, args } = config.build;
  refuseUnknownTarget(sources.dockerfileText, target, sources.dockerfile);
  await mkdir(work, { recursive: true });
  const draft = join(work, `draft-${randomUUID()}`);
  try {
    const content = sources.bundled
      ? await bundled(sources, draft)
      : await contentOf(sources, join(root, OUTPUT));
    const tag = await storeContext(draft, sources, content, config, work);
    await removeOld(work);
    const folder = join(work, tag);
    const dockerfile = join(folder, sources.dockerfileName);
    return { folder, dockerfile, tag, target, args, warnings: content.warnings };
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function contentOf(sources: Sources, output: string): Promise<Content> {
  const { context: folder, dockerfile, dockerfileName } = sources;
  const omitted = new Set([
    dockerfileName, // written with our label
    ".dockerignore", // applied here: a client that reads it again has rules of its own
    `${dockerfileName}.dockerignore`,
    relative(folder, output).split(sep).join("/"),
  ]);
  const entries = await listEntries(folder, await readDockerignore(folder, dockerfile), omitted);
  return { folder, entries, warnings: sizeWarnings(entries) };
}

async function bundled({ service }: Sources, draft: string): Promise<Content> {
  const { code, warnings } = await bundle(join(service, "main.ts"));
  await mkdir(draft, { recursive: true });
  await writeFile(join(draft, "main.js"), code);
  return { folder: draft, entries: await listEntries(draft), warnings };
}

function sizeWarnings(entries: readonly Entry[]): string[] {
  const total = entries.reduce((sum, { size }) => sum + size, 0);
  if (total <= LARGE) return [];
  const largest = entries.reduce((a, b) => (b.size > a.size ? b : a));
  const mb = (bytes: number) => `${Math.round(bytes / 1_000_000)} MB`;
  return [
    `The build context has ${mb(total)}; its largest file, ${largest.path}, has ${mb(largest.size)}. ` +
      "Name in .dockerignore what the image doesn't need.",
  ];
}

/**
 * Stores content in the folder of its tag, unless that folder exists. The copy is made under another name and renamed, so
 * that no other run sees half of it. The tag is that of the copy, in case a file has changed meanwhile.
 */
async function storeContext(
  draft: string,
  sources: Sources,
  content: Content,
  config: BuildConfig,
  work: string,
): Promise<string> {
  const known = await contentTag(content, sources, config);
  if (await touch(join(work, known))) return known;
  if (content.folder !== draft) await copyEntries(content.folder, content.entries, draft);
  const tag = await contentTag({ folder: draft, entries: await listEntries(draft) }, sources, config);
  const { dockerfileName, dockerfileText } = sources;
  await writeDockerfile(join(draft, dockerfileName), labelled(dockerfileText, tag, config.build.target));
  await rename(draft, join(work, tag)).catch((error) => {
    if (!existsSync(join(work, tag))) throw error; // otherwise another run has made the same folder
  });
  return tag;
}

async function contentTag(
  { folder, entries }: Pick<Content, "folder" | "entries">,
  sources: Sources,
  { build }: BuildConfig,
): Promise<string> {
  const { dockerfileName, dockerfileText } = sources;
  const args = Object.entries(build.args).sort(([a], [b]) => (a < b ? -1 : 1));
  const content = await digestOf(folder, entries);
  const hash = createHash("sha256")
    .update(JSON.stringify([FORMAT, dockerfileName, dockerfileText, build.target, args, content]))
    .digest("hex");
  return tagOf(hash);
}

/** Writes a Dockerfile with a fixed mode: a different mode would be a change for the engine. */
async function writeDockerfile(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  await chmod(file, 0o644);
}

/** Marks a folder as used just now. @returns whether the folder exists */
async function touch(folder: string): Promise<boolean> {
  const now = new Date();
  return await utimes(folder, now, now).then(
    () => true,
    () => false,
  );
}

async function removeOld(work: string): Promise<void> {
  for (const name of await readdir(work)) {
    const folder = join(work, name);
    const age = Date.now() - (await stat(folder).then(({ mtimeMs }) => mtimeMs, Date.now));
    if (age > KEEP_MS) await rm(folder, { recursive: true, force: true });
  }
}
