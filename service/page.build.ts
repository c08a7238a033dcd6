import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";

const folder = join(__dirname, "page");
const [style, script] = compile("page.css", "page.ts");

/** The live page: index.html with its style and script inline, so that a browser needs one answer only. */
export const html = readFileSync(join(folder, "index.html"), "utf8")
  .replace(/<link rel="stylesheet".*?>/, () => `<style>${style}</style>`)
  .replace(/<script type="module".*?>/, () => `<script type="module">${script}`);

/** What the browser lets the page do: run exactly this script, ask its own server, and nothing else (https://www.w3.org/TR/CSP3/). */
export const policy = [
  "default-src 'none'",
  `script-src '${digest(script)}'`,
  `style-src '${digest(style)}'`,
  "img-src data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

/** Changes only with the page. */
export const etag = `"${createHash("sha256").update(html).digest("hex").slice(0, 16)}"`;

function compile(...files: [string, string]): [string, string] {
  const { outputFiles } = buildSync({
    entryPoints: files.map((file) => join(folder, file)),
    absWorkingDir: folder,
    outdir: folder, // nothing is written
    bundle: true,
    write: false,
    format: "esm",
    target: ["chrome111", "firefox115", "safari16.4"],
    minify: true,
    legalComments: "none",
  });
  return outputFiles.map(({ text }) => text.trim()) as [string, string];
}

function digest(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
