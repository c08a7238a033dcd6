import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../common/root";
import { documentationOf, type Key, keys } from "./schema";

// `npm run docs` writes the table of keys into this page. A test fails if the page is out of date.
const PAGE = join(ROOT, "docs", "config.md");
const TABLE = /(?<=<!-- keys: npm run docs -->\n)[^]*(?=<!-- end of keys -->)/;

/** The page with an up-to-date table of keys. */
export function withTable(page: string): string {
  return page.replace(TABLE, () => `\n${table()}\n`);
}

function table(): string {
  const rows = (Object.keys(keys) as Key[]).map(row);
  return ["| key | default | what it is | what it costs |\n|---|---|---|---|\n", ...rows].join("");
}

function row(key: Key): string {
  const { description, cost } = documentationOf(key);
  return `| \`${key}\` | ${defaultOf(key)} | ${description} | ${cost} |\n`;
}

/** A key's default, as YAML has it. */
function defaultOf(key: Key): string {
  const value = keys[key].parse(undefined);
  if (value === undefined) return "";
  return typeof value === "object" ? `\`${JSON.stringify(value)}\`` : `\`${value}\``;
}

if (require.main === module) writeFileSync(PAGE, withTable(readFileSync(PAGE, "utf8")));
