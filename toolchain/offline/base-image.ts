import { realpathSync } from "node:fs";
import { attempt } from "../command";
import type { Say } from "../step";
import { buildImage } from "./image-build";

/**
 * Builds a stand-in for a Node.js image that can't be pulled, with the same name. It contains this machine's node binary
 * and the libraries that it links to, each at its own path.
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
  const { output } = await attempt("ldd", [process.execPath]); // lists all libraries, including the loader
  const libraries = [...output.matchAll(/(\/\S+)/g)].map(([path]) => path);
  const files = Object.fromEntries(libraries.map((path) => [`root${path}`, realpathSync(path)]));
  const title = `A stand-in for ${image}, made from the Node.js ${process.version} of the machine`;
  const text = [
    "FROM scratch",
    "COPY root/ /",
    "ENV PATH=/usr/local/bin",
    `LABEL ${label}="${image}" org.opencontainers.image.title="${title}"`,
    "",
  ].join("\n");
  const node = { "root/usr/local/bin/node": realpathSync(process.execPath) };
  await buildImage({ tag: image, dockerfile: { text }, files: { ...files, ...node } }, say, env);
}
