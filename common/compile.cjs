// Plain JavaScript, because it runs before anything can run TypeScript.
const { Buffer } = require("node:buffer");
const { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } = require("node:fs");
const { readFile } = require("node:fs/promises");
const { dirname, join } = require("node:path");

const root = dirname(__dirname);

/** Its name keeps ts-node away, with which a language host of before `typescript: false` loads programs. */
const OUTPUT = join(root, ".build", "node_modules");

/** npm writes it whenever it has changed something in node_modules. */
const INSTALLED = join(root, "node_modules", ".package-lock.json");

/**
 * Compiles a program of ours, and all that it imports, packages too, into one JavaScript file: Pulumi's SDK alone is a
 * thousand files, which take a second to find and load. It is compiled again only if a file of ours that is in it has
 * changed, or other packages were installed.
 *
 * @param {string} entry a TypeScript file, relative to the checkout
 * @returns {Promise<string>} the JavaScript file
 */
exports.compile = async function compile(entry) {
  const file = join(OUTPUT, entry.replace(/\.ts$/, ".cjs"));
  if (!isFresh(file)) await build(join(root, entry), file);
  return file;
};

/** The list beside a compiled file names its sources, each with its size and time. */
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
    external: ["esbuild", "mocha"], // they start programs that lie beside them
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

/** Packages that are large and hardly ever used: to serialize functions (Pulumi), to reach Docker through SSH. */
const ON_DEMAND = /^(typescript|@npmcli\/arborist|ssh2)$/;

/** A source map of nothing. With all lines of all packages in the map, the first stack of an error would take seconds. */
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

/** Whole or not at all: another command may be reading it. */
function write(file, text) {
  writeFileSync(`${file}.${process.pid}`, text);
  renameSync(`${file}.${process.pid}`, file);
}
