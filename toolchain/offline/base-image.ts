import { realpathSync } from "node:fs";
import { attempt } from "../command";
import type { Say } from "../step";
import { buildImage, type ImageSource } from "./image-build";

/**
 * Builds a stand-in for a Node.js image that can't be pulled, with the same name. It contains this machine's node binary
 * and the libraries that it links to.
 *
 * @param label the label that marks the image as a stand-in
 * @param env the environment with which the `docker` command finds the daemon
 */
export async function buildNodeStandIn(
  image: string,
  label: string,
  say: Say,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  await buildImage(await nodeStandIn(image, label), say, env);
}

/** node and its libraries, each at its own path. ldd lists them all, including the loader. */
async function nodeStandIn(tag: string, label: string): Promise<ImageSource> {
  const { output } = await attempt("ldd", [process.execPath]);
  const libraries = [...output.matchAll(/(\/\S+)/g)].map(([path]) => path);
  const files = Object.fromEntries(libraries.map((path) => [`root${path}`, realpathSync(path)]));
  const title = `A stand-in for ${tag}, made from the Node.js ${process.version} of the machine`;
  return {
    tag,
    dockerfile: {
      text: [
        "FROM scratch",
        "COPY root/ /",
        "ENV PATH=/usr/local/bin",
        `LABEL ${label}="${tag}" org.opencontainers.image.title="${title}"`,
        "",
      ].join("\n"),
    },
    files: { ...files, "root/usr/local/bin/node": realpathSync(process.execPath) },
  };
}
