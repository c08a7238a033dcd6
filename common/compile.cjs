// Plain JavaScript, because it runs before anything can run TypeScript.
const { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } = require("node:fs");
const { dirname, join } = require("node:path");

const root = dirname(__dirname);

/**
 * Compiles a program of ours, and what it imports from this checkout, into one JavaScript file. It does so again only if
 * one of these files has changed: compiling each file while it is loaded, as the tests do with tsx, takes a second.
 *
 * @param {string} entry a TypeScript file, relative to the checkout
 * @returns {string} the JavaScript file
 */
exports.compile = function compile(entry) {
  const file = join(root, ".build", "compiled", entry.replace(/\.ts$/, ".cjs"));
  if (!isFresh(file)) build(join(root, entry), file);
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

function build(entry, file) {
  const { outputFiles, metafile } = require("esbuild").buildSync({
    entryPoints: [entry],
    absWorkingDir: root,
    outfile: file,
    bundle: true,
    packages: "external",
    platform: "node",
    target: "node20",
    sourcemap: "inline",
    metafile: true,
    write: false,
    logLevel: "error",
  });
  const sources = Object.keys(metafile.inputs).map((source) => join(root, source));
  const versions = Object.fromEntries(sources.map((source) => [source, versionOf(source)]));
  mkdirSync(dirname(file), { recursive: true });
  write(`${file}.json`, JSON.stringify(versions));
  write(file, outputFiles[0].text);
}

/** Whole or not at all: another command may be reading it. */
function write(file, text) {
  writeFileSync(`${file}.${process.pid}`, text);
  renameSync(`${file}.${process.pid}`, file);
}
