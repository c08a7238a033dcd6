import { readFile, writeFile } from "node:fs/promises";
import type { Verdict } from "./goals";
import type { Sheet } from "./sheet";

/** Each case a row, each contender a column: the median, and in brackets the smallest and largest value. */
export function resultTable(sheet: Sheet): string {
  const { contenders } = sheet;
  const rows = sheet.cases.map((what) => [what, ...contenders.map((who) => cell(sheet, what, who))]);
  return table([["", ...contenders], ...rows]);
}

export function verdictTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ goal, limit, measured, met }) => [
    goal,
    format(limit),
    format(measured),
    met ? "met" : "**missed**",
  ]);
  return table([["goal", "limit", "median", ""], ...rows]);
}

/** A table of Markdown; the first row is its head. */
export function table([head = [], ...rows]: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** Replaces what is between a section's markers in a file. @throws Error if the file doesn't have them */
export async function writeSection(file: string, section: string, text: string): Promise<void> {
  const [begin, end] = [`<!-- bench: ${section} -->\n`, `<!-- end of ${section} -->`];
  const [before, rest] = split(await readFile(file, "utf8"), begin, file);
  const [, after] = split(rest, end, file);
  await writeFile(file, `${before}${begin}\n${text.trim()}\n\n${end}${after}`);
}

function split(text: string, marker: string, file: string): [string, string] {
  const at = text.indexOf(marker);
  if (at < 0) throw new Error(`${file} has no ${marker.trim()}`);
  return [text.slice(0, at), text.slice(at + marker.length)];
}

function cell(sheet: Sheet, what: string, who: string): string {
  const summary = sheet.summary(what, who);
  if (summary === undefined) return "–";
  const { median, min, max } = summary;
  return min === max ? format(median) : `**${format(median)}** (${format(min)}–${format(max)})`;
}

/** Three digits are all that a measurement here is worth. */
export function format(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(value >= 10 ? 3 : 2)));
}
