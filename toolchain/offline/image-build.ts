import { chmod, copyFile, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { listEntries } from "../../common/build-context/entries";
import { attempt, run } from "../command";
import type { Say } from "../step";

/** Selects the classic builder: Debian's Docker lacks the BuildKit plugin, and these images don't need it. */
const CLASSIC = { DOCKER_BUILDKIT: "0" };

/** An image to build: its Dockerfile, and the files of its context, each with its source. */
export interface ImageSource {
  readonly tag: string;
  readonly dockerfile: { readonly text: string } | { readonly file: string };
  readonly files: Readonly<Record<string, string>>;
  readonly args?: Readonly<Record<string, string>>;
}

/** Builds an image. Its context has only the given files. */
export async function buildImage(source: ImageSource, say: Say, env: NodeJS.ProcessEnv): Promise<void> {
  await inTemporaryFolder(async (context) => {
    if ("text" in source.dockerfile) await writeFile(join(context, "Dockerfile"), source.dockerfile.text);
    else await copyFile(source.dockerfile.file, join(context, "Dockerfile"));
    for (const [name, file] of Object.entries(source.files)) {
      await mkdir(dirname(join(context, name)), { recursive: true });
      await copyFile(file, join(context, name));
    }
    // Every user of the image must be able to read the files, whatever the umask.
    for (const { path, mode } of await listEntries(context)) await chmod(join(context, path), mode);
    const args = Object.entries(source.args ?? {}).flatMap(([name, value]) => [
      "--build-arg",
      `${name}=${value}`,
    ]);
    await run("docker", ["build", "-t", source.tag, ...args, context], { env: { ...env, ...CLASSIC }, say });
  });
}

/** An image with only a static executable, which is the entry point. */
export function oneBinary(tag: string, file: string): ImageSource {
  const binary = basename(file);
  return {
    tag,
    dockerfile: {
      text: [
        "FROM scratch",
        `COPY ${binary} /usr/local/bin/${binary}`,
        "ENV PATH=/usr/local/bin",
        `ENTRYPOINT ["/usr/local/bin/${binary}"]`,
        "",
      ].join("\n"),
    },
    files: { [binary]: file },
  };
}

/** Whether the daemon has an image of this name. */
export async function hasImage(tag: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  return (await attempt("docker", ["image", "inspect", tag], { env })).exitCode === 0;
}

/** Saves an image as an archive, completely or not at all. */
export async function saveImage(tag: string, file: string, env: NodeJS.ProcessEnv): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.new`;
  try {
    await run("docker", ["save", "-o", temporary, tag], { env });
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Calls `use` with a temporary folder, which is deleted afterwards. */
export async function inTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "koa-on-minikube-"));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
