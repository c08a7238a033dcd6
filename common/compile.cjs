// Plain JavaScript, because it runs before anything can run TypeScript.
const { Buffer } = require("node:buffer");
const { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } = require("node:fs");
const { readFile } = require("node:fs/promises");
const { dirname, join } = require("node:path");

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
    external: ["esbuild", "mocha"], // they start programs that are beside them
    plugins: [packages],
    platform: "node",
    target: "node20",
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

/** Large packages that are hardly ever needed: Pulumi serializes functions with them, or reaches Docker through SSH. */
const ON_DEMAND = /^(typescript|@npmcli\/arborist|ssh2)$/;

/** An empty source map. If the map had the lines of all packages, the first stack trace would take seconds. */
const NO_SOURCES = Buffer.from('{"version":3,"sources":["package"],"mappings":"AAAA"}').toString("base64");

/** How packages are compiled. */
const packages = {
  name: "packages",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: ON_DEMAND }, ({ path, namespace }) =>
      namespace === "on-demand" ? { path, external: true } : { path, namespace: "on-demand" },
    );
    onLoad({ filter: /./, namespace: "on-demand" }, ({ path }) => ({
      contents: `module.exports = new Proxy({}, { get: (_, key) => key === "__esModule" || require("${path}")[key] })`,
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
