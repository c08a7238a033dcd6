import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { compileFunction } from "node:vm";
import {
  build,
  context,
  type BuildFailure,
  type BuildOptions,
  type BuildResult,
  type Message,
  type Plugin,
} from "esbuild";
import { type Problem, UserError } from "../../common/problem";

/** esbuild's options: a program and everything that it imports become one CommonJS file for Node.js 20. */
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
    legalComments: "none", // they would contain paths
    plugins: [buildModules],
    logLevel: "silent", // the caller shows errors and warnings
  } as const satisfies BuildOptions;
}

/** A program in one file, and the compiler's warnings. */
interface Bundle {
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
  return resultOf(build(bundling(entry)));
}

/** Bundles a program repeatedly, each time compiling only what has changed. */
export interface Bundler {
  /** @throws {UserError} with each error of the compiler */
  bundle(): Promise<Bundle>;
  close(): Promise<void>;
}

/**
 * Opens a bundler for development: names are kept, and a source map leads stacks and breakpoints to the sources.
 *
 * @param withSources whether the source map includes the sources, for a debugger that can't find the files
 */
export async function openBundler(entry: string, withSources: boolean): Promise<Bundler> {
  if (!existsSync(entry)) throw noEntry(entry);
  const sourceMap = { sourcemap: "inline", sourcesContent: withSources } as const;
  const building = await context({ ...bundling(entry), minify: false, ...sourceMap });
  return { bundle: () => resultOf(building.rebuild()), close: () => building.dispose() };
}

async function resultOf(building: Promise<BuildResult<{ write: false }>>): Promise<Bundle> {
  try {
    const { outputFiles, warnings } = await building;
    return { code: outputFiles[0]?.contents ?? new Uint8Array(), warnings: warnings.map(warningText) };
  } catch (error) {
    throw new UserError(...(error as BuildFailure).errors.map(problem));
  }
}

/**
 * Runs a module named `*.build.ts` while the service is bundled, and replaces it by what it exports, which is plain data:
 * for instance, a page made of several files. tsx runs it as any other module.
 */
const buildModules: Plugin = {
  name: "build-modules",
  setup: (build) => {
    build.onLoad({ filter: /\.build\.ts$/ }, async ({ path }) => {
      const { outputFiles } = await build.esbuild.build({
        entryPoints: [path],
        bundle: true,
        packages: "external",
        platform: "node",
        write: false,
      });
      return { contents: JSON.stringify(exportsOf(outputFiles[0]?.text ?? "", path)), loader: "json" };
    });
  },
};

/** Runs a compiled CommonJS module. @returns what it exports */
function exportsOf(code: string, path: string): unknown {
  const module = { exports: {} };
  const parameters = ["module", "exports", "require", "__dirname"];
  const run = compileFunction(code, parameters, { filename: path }) as (...args: unknown[]) => void;
  run(module, module.exports, createRequire(path), dirname(path));
  return module.exports;
}

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
    todo: "Put it there, or build the folder without bundling: npx pulumi config set bundle false",
  });
}
