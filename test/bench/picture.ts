import { escape } from "../../commands/load/svg-parts";
import { format } from "./markdown";
import type { Sheet } from "./sheet";

const WIDTH = 960;
const BAR = 14;
const LABEL_WIDTH = 250;
/** Room for the number behind the longest bar. */
const NUMBER_WIDTH = 60;

/** Readable on white and on black, so that the picture needs no background. */
const TEXT = "#7d8590";
/** One for each contender. */
const colours = ["#7d8590", "#3b82c4", "#4fa36a", "#e08e2b", "#9a6fd0"];

/** Draws each case's medians as bars, in SVG, one for each contender. The longest bar of a case fills the width. */
export function picture(sheet: Sheet): string {
  const { contenders, cases } = sheet;
  const parts: string[] = [legend(contenders)];
  let y = 50;
  for (const what of cases) {
    const bars = contenders.flatMap((who, index) => {
      const median = sheet.summary(what, who)?.median;
      return median === undefined ? [] : [{ median, colour: colours[index % colours.length] ?? TEXT }];
    });
    const longest = Math.max(...bars.map(({ median }) => median), Number.MIN_VALUE);
    parts.push(`<text x="${LABEL_WIDTH - 10}" y="${y + 11}" text-anchor="end">${escape(what)}</text>`);
    for (const { median, colour } of bars) {
      const width = ((WIDTH - LABEL_WIDTH - NUMBER_WIDTH) * median) / longest;
      parts.push(bar(y, width, colour, format(median)));
      y += BAR;
    }
    y += 12;
  }
  const title = `<title>Medians: ${escape(cases.join("; "))}</title>`;
  const open =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" ` +
    `font-family="system-ui, sans-serif" font-size="12" fill="${TEXT}" role="img">`;
  return [open, title, ...parts, "</svg>\n"].join("\n");
}

function bar(y: number, width: number, colour: string, value: string): string {
  return [
    `<rect x="${LABEL_WIDTH}" y="${y}" width="${width.toFixed(1)}" height="${BAR - 2}" fill="${colour}"/>`,
    `<text x="${(LABEL_WIDTH + width + 6).toFixed(1)}" y="${y + 10}">${value}</text>`,
  ].join("\n");
}

function legend(contenders: readonly string[]): string {
  const spans = contenders.map(
    (who, index) =>
      `<tspan fill="${colours[index % colours.length]}">■</tspan> <tspan>${escape(who)}</tspan>`,
  );
  return `<text x="${LABEL_WIDTH}" y="24" xml:space="preserve">${spans.join("   ")}</text>`;
}
