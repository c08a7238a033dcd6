/// <reference lib="dom" />
import { byId, show } from "./dom";
import { FAILED, type History, SECONDS } from "./history";
import type { FleetEvent } from "./journal";
import { showMarks } from "./marks";

const SVG = "http://www.w3.org/2000/svg";

/** The last five minutes: requests stacked by release, failed ones in the text's colour, and events. */
export class Strip {
  readonly #chart = byId("chart");
  readonly #paths: SVGElement[] = [];

  constructor() {
    for (let row = 0; row <= FAILED; row++) {
      const path = document.createElementNS(SVG, "path");
      if (row !== FAILED) path.dataset.colour = String(row);
      this.#paths.push(path);
    }
    this.#chart.append(...this.#paths);
  }

  update(history: History, events: readonly FleetEvent[], now: number): void {
    const rows = this.#paths.map((_, row) => history.row(row));
    const below = new Array<number>(SECONDS).fill(0);
    const totals = below.map((_, second) => rows.reduce((total, row) => total + (row[second] ?? 0), 0));
    const most = roundUp(Math.max(...totals));
    rows.forEach((row, i) => this.#paths[i]?.setAttribute("d", columns(row, below, 100 / most)));
    show(byId("most"), `${most} a second`);
    this.#chart.setAttribute("aria-label", describe(history, Math.max(...totals)));
    showMarks(events, now);
  }
}

/** Draws a column for each second, on top of the rows below, and adds this row to `below`. */
function columns(row: readonly number[], below: number[], scale: number): string {
  let path = "";
  row.forEach((count, second) => {
    const bottom = below[second] ?? 0;
    const top = bottom + count;
    below[second] = top;
    if (count > 0) path += `M${second} ${y(bottom, scale)}V${y(top, scale)}h1V${y(bottom, scale)}z`;
  });
  return path;
}

function y(count: number, scale: number): string {
  return (100 - count * scale).toFixed(2);
}

/** The next of 5, 10, 20, 50, … so that the scale seldom changes. */
function roundUp(most: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(5, most)));
  return [1, 2, 5, 10].map((step) => step * magnitude).find((step) => step >= most) ?? most;
}

function describe(history: History, most: number): string {
  return `Requests in the last five minutes: at most ${most} a second, ${history.failed} failed.`;
}
