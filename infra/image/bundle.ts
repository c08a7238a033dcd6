import { createRequire } from "node:module";
import { dirname } from "node:path";
import { build, type BuildFailure, type BuildOptions, type Message, type Plugin } from "esbuild";
import { type Problem, UserError } from "../../common/problem";

/** How a program and all that it imports become one CommonJS file for Node.js 20. */
export function bundling(entry: string) {
  return {
    entryPoints: [entry],
    absWorkingDir: dirname(entry), // paths in messages and in the output are relative to it
    bundle: true,
    write: false,
    platform: "node",
    format: "cjs",
    target: "node20",
    minify: true,
    legalComments: "none", // they would name paths
    plugins: [madeNow],
    logLevel: "silent", // the error says it all
  } as const satisfies BuildOptions;
}

/**
 * Bundles a program. The same code gives the same bytes, wherever the checkout is.
 *
 * @throws {UserError} with each place that the compiler stumbles over
 */
export async function bundle(entry: string): Promise<Uint8Array> {
  try {
    const { outputFiles } = await build(bundling(entry));
    return outputFiles[0]?.contents ?? new Uint8Array();
  } catch (error) {
    throw new UserError(...(error as BuildFailure).errors.map(problem));
  }
}

/**
 * A module named `*.build.ts` is run while the service is bundled, and what it exports, plain data, takes its place:
 * a page put together from several files, say. Run from source, by tsx, it is a module like any other.
 */
const madeNow: Plugin = {
  name: "made-now",
  setup: (build) => {
    build.onLoad({ filter: /\.build\.ts$/ }, ({ path }) => ({
      contents: JSON.stringify(createRequire(path)(path)),
      loader: "json",
    }));
  },
};

function problem({ text, location }: Message): Problem {
  const where = location && { where: `${location.file}:${location.line}:${location.column}` };
  return {
    what: `The service can't be bundled: ${text}`,
    ...where,
    todo: "Mend the code; the running release is untouched.",
  };
}
