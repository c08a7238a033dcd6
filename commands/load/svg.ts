import type { Report } from "./generator";
import { bars, chart, escape, label, line, marks, type Area } from "./svg-parts";

const WIDTH = 960;
const HEIGHT = 430;
const latencyArea: Area = { left: 70, top: 76, width: 860, height: 140 };
const rateArea: Area = { left: 70, top: 262, width: 860, height: 120 };

/** Colours that are readable on white and on black: the picture has no background. */
const colours = { text: "#7d8590", p50: "#3b82c4", p99: "#b07aa1", failed: "#e0443a" } as const;
/** The colours of the releases, in the order of their first answers. */
const releaseColours = ["#3b82c4", "#e08e2b", "#4fa36a", "#9a6fd0", "#c05a8a"];

/** Draws a load as SVG: latency over time, and below it the answers of each release and the failures. */
export function picture(report: Report): string {
  const releases = report.releases.map(({ version }) => version);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}"`,
    ` font-family="system-ui, sans-serif" font-size="12" fill="${colours.text}" role="img">`,
    `<title>${escape(headline(report))}</title>`,
    `<text x="16" y="28" font-size="15" font-weight="600">${escape(headline(report))}</text>`,
    `<text x="16" y="48">${escape(subtitle(report))}</text>`,
    latency(report),
    rate(report, releases),
    `<text x="${WIDTH - 30}" y="${HEIGHT - 12}" text-anchor="end">seconds</text>`,
    legend(releases),
    "</svg>\n",
  ].join("\n");
}

function headline({ requests, failed, url }: Report): string {
  return `${requests} requests to ${url}, ${failed === 0 ? "none" : failed} failed`;
}

function subtitle({ rate, latencyMs, connections, startedAt }: Report): string {
  const times = latencyMs === null ? "" : `p50 ${latencyMs.p50} ms, p99 ${latencyMs.p99} ms · `;
  return `${rate} a second · ${times}${connections.new} on new connections · ${startedAt}`;
}

function latency({ seconds }: Report): string {
  const p50 = seconds.map(({ latencyMs }) => latencyMs?.p50);
  const p99 = seconds.map(({ latencyMs }) => latencyMs?.p99);
  const failed = seconds.map((second) => second.failed > 0);
  const scale = chart(latencyArea, Math.max(0, ...p99.map((value) => value ?? 0)), seconds.length, "ms");
  return [
    label(latencyArea, [
      ["latency p50", colours.p50],
      ["p99", colours.p99],
    ]),
    marks(scale, failed, colours.failed),
    scale.axes,
    line(scale, p99, colours.p99),
    line(scale, p50, colours.p50),
  ].join("\n");
}

function rate({ seconds }: Report, releases: readonly string[]): string {
  const most = Math.max(0, ...seconds.map(({ answered, failed }) => answered + failed));
  const scale = chart(rateArea, most, seconds.length, "/s");
  const layers = releases.map((release, index) => ({
    colour: releaseColour(index),
    values: seconds.map((second) => second.releases[release] ?? 0),
  }));
  const failed = { colour: colours.failed, values: seconds.map((second) => second.failed) };
  return [scale.axes, bars(scale, [...layers, failed])].join("\n");
}

function legend(releases: readonly string[]): string {
  const entries = releases.map((release, index): [string, string] => [release, releaseColour(index)]);
  return label(rateArea, [...entries, ["failed", colours.failed]]);
}

function releaseColour(index: number): string {
  return releaseColours[index % releaseColours.length] ?? colours.text;
}
