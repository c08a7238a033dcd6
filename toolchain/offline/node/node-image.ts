import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Machine } from "../../machine";
import type { Say } from "../../step";
import type { Found } from "../../tool";
import { DEBIAN_BASE } from "./debian-base";
import { buildImage, hasImage } from "../image-build";
import { ROOT } from "../../../common/root";

const ASSETS = join(ROOT, "toolchain/offline/node/node-image");
const WRAPPER = join(ROOT, "toolchain/docker/runc-without-sys-resource");

/**
 * Builds the image of a minikube node, for a machine that can't use minikube's own.
 *
 * @param built the tools for the node
 * @param archives the images for the node
 * @returns the image's name, which changes with its content
 */
export async function ensureNodeImage(
  machine: Machine,
  built: readonly Found[],
  archives: readonly string[],
  say: Say,
): Promise<string> {
  const assets = readdirSync(ASSETS).filter((name) => name !== "Dockerfile");
  const files = Object.fromEntries([
    ...assets.map((name) => [name, join(ASSETS, name)]),
    ["runc-without-sys-resource", WRAPPER],
    ...["cri-dockerd", "crictl"].map((name) => [name, join(dirOf(name, built), name)]),
    ...archives.map((file) => [join("images", basename(file)), file]),
  ]) as Record<string, string>;
  const args = { BASE: DEBIAN_BASE, LACKS_SYS_RESOURCE: String(machine.lacksSysResource) };
  const dockerfile = { file: join(ASSETS, "Dockerfile") };
  const hash = createHash("sha256").update(JSON.stringify(args)).update(readFileSync(dockerfile.file));
  for (const file of Object.values(files)) hash.update(readFileSync(file));
  const tag = `koa-on-minikube/node:${hash.digest("hex").slice(0, 12)}`;
  if (!(await hasImage(tag, machine.env)))
    await buildImage({ tag, dockerfile, files, args }, say, machine.env);
  return tag;
}

/** The folder of an acquired tool. */
export function dirOf(name: string, built: readonly Found[]): string {
  const found = built.find((tool) => tool.name === name);
  if (found === undefined) throw new Error(`${name} has not been acquired`);
  return found.dir;
}
