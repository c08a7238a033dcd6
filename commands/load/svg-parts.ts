/** A rectangle of the picture, in its units. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Maps seconds and values to coordinates in an area. */
interface Scale {
  readonly area: Area;
  readonly x: (second: number) => number;
  readonly y: (value: number) => number;
  /** The grid and the numbers, as SVG. */
  readonly axes: string;
}

/** The seconds between two numbers of the time axis: at most twelve numbers fit. */
const steps = [1, 2, 5, 10, 30, 60, 120];

/** Makes the scale of a diagram over time, from 0 to a round number above the highest value. */
export function chart(area: Area, highest: number, seconds: number, unit: string): Scale {
  const top = roundUp(highest);
  const x = (second: number) => area.left + (second / Math.max(1, seconds)) * area.width;
  const y = (value: number) => area.top + area.height * (1 - value / top);
  const across = [0, top / 2, top].map((value) => horizontal(area, y(value), `${value} ${unit}`));
  const step = steps.find((candidate) => seconds / candidate <= 12) ?? 300;
  const below = Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) => index * step).map(
    (second) =>
      `<text x="${place(x(second))}" y="${area.top + area.height + 16}" text-anchor="middle">${second}</text>`,
  );
  return { area, x, y, axes: [...across, ...below].join("\n") };
}

/** Draws a line through the middle of each second, with a gap for each second without a value. */
export function line({ x, y }: Scale, values: readonly (number | undefined)[], colour: string): string {
  const path = values.map((value, second) => {
    if (value === undefined) return "";
    const command = values[second - 1] === undefined ? "M" : "L";
    return `${command}${place(x(second + 0.5))} ${place(y(value))}`;
  });
  // A round cap draws a dot for a single second between two gaps.
  return `<path d="${path.join("")}" fill="none" stroke="${colour}" stroke-width="2" stroke-linejoin="round" stroke-linecap="round"/>`;
}

/** Draws a bar for each second, its layers on top of each other. */
export function bars(
  { x, y }: Scale,
  layers: readonly { readonly colour: string; readonly values: readonly number[] }[],
): string {
  const base: number[] = [];
  const drawn = layers.flatMap(({ colour, values }) =>
    values.flatMap((value, second) => {
      const from = base[second] ?? 0;
      base[second] = from + value;
      if (value === 0) return [];
      // A single failure among hundreds of answers must be visible.
      const height = Math.max(1.5, y(from) - y(from + value));
      return `<rect x="${place(x(second))}" y="${place(y(from) - height)}" width="${place(0.88 * (x(1) - x(0)))}" height="${place(height)}" fill="${colour}"/>`;
    }),
  );
  return drawn.join("\n");
}

/** Shades the marked seconds. */
export function marks({ area, x }: Scale, marked: readonly boolean[], colour: string): string {
  const size = `y="${area.top}" width="${place(x(1) - x(0))}" height="${area.height}"`;
  return marked
    .flatMap((mark, second) =>
      mark ? [`<rect x="${place(x(second))}" ${size} fill="${colour}" opacity="0.18"/>`] : [],
    )
    .join("\n");
}

/** Writes the legend above an area: each text with its colour. */
export function label({ left, top }: Area, entries: readonly (readonly [string, string])[]): string {
  const spans = entries.map(
    ([text, colour]) => `<tspan fill="${colour}">■</tspan> <tspan>${escape(text)}</tspan>`,
  );
  return `<text x="${left}" y="${top - 8}" xml:space="preserve">${spans.join("   ")}</text>`;
}

/** Escapes text for SVG. */
export function escape(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}

function horizontal({ left, width }: Area, y: number, text: string): string {
  return [
    `<line x1="${left}" x2="${left + width}" y1="${place(y)}" y2="${place(y)}" stroke="currentColor" stroke-opacity="0.15" color="#7d8590"/>`,
    `<text x="${left - 8}" y="${place(y + 4)}" text-anchor="end">${text}</text>`,
  ].join("\n");
}

/** Rounds up to 1, 2, 4, 6, 8, 10, 20 … Half of each is a short number too. */
function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return (([1, 2, 4, 6, 8, 10].find((step) => step * power >= value) ?? 10) * power * 100) / 100;
}

function place(value: number): string {
  return String(Math.round(value * 100) / 100);
}
