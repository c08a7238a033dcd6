import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, readdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../common/problem";
import { bundle } from "./bundle";
import { contentTag } from "./content-tag";

/** A folder that can be sent to a Docker daemon as it is, and the tag that says what is in it. */
export interface BuildContext {
  readonly folder: string;
  readonly dockerfile: string;
  readonly tag: string;
}

/** A context that hasn't been used for that long, in milliseconds, is cleared away. */
const KEEP_MS = 24 * 3_600_000;

/**
 * Makes the build context of a service. A folder with a `main.ts` beside its Dockerfile is bundled into one
 * `main.js` first, in a folder of its own below `work`; any other folder is its own context, unchanged.
 *
 * @throws {UserError} where the folder or its Dockerfile is missing, or its code can't be bundled
 */
export async function prepareContext(root: string, service: string, work: string): Promise<BuildContext> {
  const source = join(root, service);
  refuseIncomplete(source, service);
  if (!existsSync(join(source, "main.ts"))) return describeContext(source);
  await clearOld(work);
  return await bundledContext(source, work);
}

function refuseIncomplete(source: string, service: string): void {
  const dockerfile = join(source, "Dockerfile");
  if (existsSync(dockerfile)) return;
  const missing = existsSync(source) ? "has no Dockerfile" : "doesn't exist";
  throw new UserError({
    what: `The folder of the service, ${service}, ${missing}.`,
    where: source,
    todo: "Put it there, or name another folder: npx pulumi config set service FOLDER",
  });
}

async function describeContext(folder: string): Promise<BuildContext> {
  return { folder, dockerfile: join(folder, "Dockerfile"), tag: await contentTag(folder) };
}

/** Made under a name that nobody else has and then renamed: no other run ever sees half of it. */
async function bundledContext(source: string, work: string): Promise<BuildContext> {
  const draft = join(work, `draft-${randomUUID()}`);
  await mkdir(draft, { recursive: true });
  try {
    await copyFile(join(source, "Dockerfile"), join(draft, "Dockerfile"));
    await writeFile(join(draft, "main.js"), await bundle(join(source, "main.ts")));
    // Whatever the umask: modes get into the image, and into the engine's idea of what has changed.
    await Promise.all(["Dockerfile", "main.js"].map((file) => chmod(join(draft, file), 0o644)));
    return await describeContext(await settle(draft, join(work, await contentTag(draft))));
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function settle(draft: string, folder: string): Promise<string> {
  try {
    await rename(draft, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error; // else it was made before, by this code or by another run of it
  }
  const now = new Date();
  await utimes(folder, now, now);
  return folder;
}

async function clearOld(work: string): Promise<void> {
  const names = await readdir(work).catch(() => []);
  for (const name of names) {
    const folder = join(work, name);
    const age = Date.now() - (await stat(folder).then(({ mtimeMs }) => mtimeMs, Date.now));
    if (age > KEEP_MS) await rm(folder, { recursive: true, force: true });
  }
}
