// Plain JavaScript, because it runs before anything can run TypeScript.
const { Buffer } = require("node:buffer");
const { createHash } = require("node:crypto");
const { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } = require("node:fs");
const { readFile } = require("node:fs/promises");
const Module = require("node:module");
const { dirname, join } = require("node:path");
const { Script } = require("node:vm");

const root = dirname(__dirname);

/** ts-node ignores node_modules. Older language hosts would use ts-node in spite of `typescript: false`. */
const OUTPUT = join(root, ".build", "node_modules");

/** npm writes this file whenever it changes node_modules. */
const INSTALLED = join(root, "node_modules", ".package-lock.json");

/**
 * Compiles a program and all that it imports, packages included, into one JavaScript file: Pulumi's SDK alone is a
 * thousand files, which take a second to find and load. Compiles again only if a source file of this project has changed,
 * or other packages were installed.
 *
 * @param {string} entry a TypeScript file, relative to the checkout
 * @returns {Promise<string>} the JavaScript file
 */
exports.compile = async function compile(entry) {
  const file = join(OUTPUT, entry.replace(/\.ts$/, ".cjs"));
  if (!isFresh(file)) await build(join(root, entry), file);
  return file;
};

/**
 * Compiles a program, and loads it. V8's compiled code is stored beside the file: without it, each process would spend a
 * sixth of a second on compiling (https://nodejs.org/docs/latest-v20.x/api/vm.html#scriptcreatecacheddata).
 *
 * @param {string} entry a TypeScript file, relative to the checkout
 * @returns {Promise<unknown>} its exports
 */
exports.load = async function load(entry) {
  const file = await exports.compile(entry);
  const source = readFileSync(file);
  const digest = createHash("sha256").update(source).digest(); // V8 itself compares the length alone
  const cache = `${file}.v8`;
  const stored = existsSync(cache) ? readFileSync(cache) : Buffer.alloc(0);
  const cachedData = stored.subarray(0, digest.length).equals(digest)
    ? stored.subarray(digest.length)
    : undefined;
  const script = new Script(Module.wrap(source.toString()), { filename: file, cachedData });
  if (script.cachedDataRejected ?? true) {
    // At the end, the functions that were used are compiled too.
    process.once("exit", () => {
      try {
        write(cache, Buffer.concat([digest, script.createCachedData()]));
      } catch {
        // The next process tries again.
      }
    });
  }
  const module = { exports: {} };
  const run = script.runInThisContext();
  run(module.exports, Module.createRequire(file), module, file, dirname(file));
  return module.exports;
};

/** Whether the sources still have the sizes and times that the list beside the compiled file has. */
function isFresh(file) {
  if (!existsSync(file) || !existsSync(`${file}.json`)) return false;
  const sources = Object.entries(JSON.parse(readFileSync(`${file}.json`, "utf8")));
  return sources.every(([source, version]) => versionOf(source) === version);
}

function versionOf(source) {
  const stats = statSync(source, { throwIfNoEntry: false });
  return stats && `${stats.size} ${stats.mtimeMs}`;
}

async function build(entry, file) {
  const { outputFiles, metafile } = await require("esbuild").build({
    entryPoints: [entry],
    absWorkingDir: root,
    outfile: file,
    bundle: true,
    external: ["esbuild", "mocha"], // they start programs from their own folders
    plugins: [packages],
    platform: "node",
    target: "node20",
    supported: { "dynamic-import": false }, // code that V8 has kept can't import; it can require
    minifyWhitespace: true,
    minifySyntax: true,
    sourcemap: "inline",
    sourcesContent: false,
    metafile: true,
    write: false,
    logLevel: "error",
  });
  const own = Object.keys(metafile.inputs).filter((source) => !/node_modules\/|^on-demand:/.test(source));
  const sources = [INSTALLED, ...own.map((source) => join(root, source))];
  const versions = Object.fromEntries(sources.map((source) => [source, versionOf(source)]));
  mkdirSync(dirname(file), { recursive: true });
  write(`${file}.json`, JSON.stringify(versions));
  write(file, outputFiles[0].text);
}

/**
 * Packages that are large and hardly ever used: to serialize functions (Pulumi), and to reach Docker through SSH.
 * Pulumi's modules v8 and v8Hooks start a debugger session and change V8's flags, so that no cache of compiled code
 * would fit.
 */
const ON_DEMAND = /^(typescript|@npmcli\/arborist|ssh2)$|\/v8(Hooks)?$/;

/** An empty source map. If the map had the lines of all packages, the first stack trace would take seconds. */
const NO_SOURCES = Buffer.from('{"version":3,"sources":["package"],"mappings":"AAAA"}').toString("base64");

/** How packages are compiled. */
const packages = {
  name: "packages",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: ON_DEMAND }, ({ path, namespace }) =>
      namespace === "on-demand"
        ? { path, external: true }
        : { path: path.replace(/^\..*\//, "@pulumi/pulumi/runtime/closure/"), namespace: "on-demand" },
    );
    // The SDK's runner waits for isInitializedAsync of v8Hooks.
    onLoad({ filter: /./, namespace: "on-demand" }, ({ path }) => ({
      contents: `const own = { __esModule: true, isInitializedAsync: async () => {} };
        module.exports = new Proxy(own, { get: (own, key) => own[key] ?? require("${path}")[key] })`,
    }));
    onResolve({ filter: /^@kubernetes\/client-node$/ }, ({ kind }) =>
      kind === "dynamic-import" ? { path: join(root, "cluster/connection/client-parts.ts") } : undefined,
    );
    onLoad({ filter: /\/node_modules\/.*\.[cm]?js$/ }, async ({ path }) => ({
      contents: `${await readFile(path, "utf8")}\n//# sourceMappingURL=data:application/json;base64,${NO_SOURCES}`,
    }));
  },
};

/** Writes a file atomically: another command may be reading it. */
function write(file, text) {
  writeFileSync(`${file}.${process.pid}`, text);
  renameSync(`${file}.${process.pid}`, file);
}
