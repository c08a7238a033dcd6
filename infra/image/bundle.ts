import { existsSync } from "node:fs";
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
    logLevel: "silent", // errors and warnings are shown by who bundles
  } as const satisfies BuildOptions;
}

/** A program in one file, and what the compiler warns of. */
export interface Bundle {
  readonly code: Uint8Array;
  readonly warnings: readonly string[];
}

/**
 * Bundles a program. The same code gives the same bytes, wherever the checkout is.
 *
 * @throws {UserError} with each error of the compiler
 */
export async function bundle(entry: string): Promise<Bundle> {
  if (!existsSync(entry)) throw noEntry(entry);
  try {
    const { outputFiles, warnings } = await build(bundling(entry));
    return { code: outputFiles[0]?.contents ?? new Uint8Array(), warnings: warnings.map(warningText) };
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
    build.onLoad({ filter: /\.build\.ts$/ }, async ({ path }) => {
      const tsx = await import("tsx/cjs/api");
      return { contents: JSON.stringify(tsx.require(path, path)), loader: "json" };
    });
  },
};

function problem(message: Message): Problem {
  const where = placeOf(message);
  return {
    what: `The service can't be bundled: ${message.text}`,
    ...(where !== undefined && { where }),
    todo: "Fix the code; the running release is untouched.",
  };
}

function warningText(message: Message): string {
  return [placeOf(message), message.text].filter((part) => part !== undefined).join(": ");
}

function placeOf({ location }: Message): string | undefined {
  return location ? `${location.file}:${location.line}:${location.column}` : undefined;
}

function noEntry(entry: string): UserError {
  return new UserError({
    what: "There is no main.ts to bundle.",
    where: entry,
    todo: "Put it there, or have the folder built as it is: npx pulumi config set bundle false",
  });
}
