import { build } from "esbuild";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { ROOT } from "../../../common/root";
import { inCache, install, STAND_IN_MARKER } from "../../acquire/cache";
import type { Machine } from "../../machine";
import type { Found, Tool } from "../../tool";

const EXECUTABLE = "pulumi-resource-docker";

/** The protocol files of BuildKit, which dockerode reads from a folder beside its script. */
const PROTO = path.join(path.dirname(require.resolve("dockerode")), "proto");

/** Ensures that this checkout's stand-in for Pulumi's docker plugin is installed. */
export async function ensureStandIn(tool: Tool, machine: Machine): Promise<Found> {
  const cached = await inCache(tool, machine);
  const dir =
    cached !== undefined && (await isCurrentStandIn(cached.dir, tool.version))
      ? cached.dir
      : await install(tool, machine, async (folder) => void (await bundleStandIn(folder, tool.version)));
  return { name: tool.name, version: tool.version, source: "stand-in", dir };
}

/**
 * Writes the stand-in into a folder, as the executable that the engine expects. It needs only Node.js on PATH.
 *
 * @param outDir for example ~/.pulumi/plugins/resource-docker-v5.2.0. It is created if needed
 * @param version of @pulumi/docker, without a "v"
 * @returns the executable's path
 */
export async function bundleStandIn(outDir: string, version: string): Promise<string> {
  const executable = path.join(outDir, EXECUTABLE);
  await mkdir(outDir, { recursive: true });
  await writeFile(executable, await bundle(version), { mode: 0o755 });
  await cp(PROTO, path.join(outDir, "proto"), { recursive: true });
  await writeFile(path.join(outDir, STAND_IN_MARKER), `A stand-in for Pulumi's docker plugin ${version}.\n`);
  return executable;
}

/** Whether a plugin folder contains this checkout's stand-in, for this version. */
export async function isCurrentStandIn(dir: string, version: string): Promise<boolean> {
  const installed = await readFile(path.join(dir, EXECUTABLE), "utf8").catch(() => "");
  return installed === (await bundle(version));
}

/** Bundles the stand-in and all that it imports into one script. */
async function bundle(version: string): Promise<string> {
  const result = await build({
    // File names in the script are relative to this folder, so the script is the same for every checkout.
    absWorkingDir: ROOT,
    entryPoints: [path.join(ROOT, "toolchain/offline/docker-stand-in/main.ts")],
    bundle: true,
    write: false,
    platform: "node",
    target: "node20",
    banner: { js: "#!/usr/bin/env node" },
    define: { STAND_IN_VERSION: JSON.stringify(version) },
    // Optional native parts of ssh2, which also works without them.
    external: ["*.node", "cpu-features"],
    logLevel: "silent",
  });
  return result.outputFiles[0]?.text ?? "";
}
