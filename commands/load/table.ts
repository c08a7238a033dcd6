import type { Problem } from "../../common/problem";
import { columns } from "../terminal/columns";
import type { Report } from "./generator";

type Row = readonly [name: string, value: string, ...more: string[]];

/** From this delay on, in milliseconds, the table mentions that this machine sent requests late. */
const LATE_MS = 50;

/** Formats a report for a terminal. */
export function table(report: Report): string {
  const { url, durationMs, requests, rate, connections } = report;
  return [
    `${url}, ${(durationMs / 1000).toFixed(1)} s, ${rate} requests a second`,
    "",
    ...rows([
      [
        "requests",
        String(requests),
        `${connections.kept} on kept connections, ${connections.new} on new ones`,
      ],
      ["answered", String(report.answered)],
      ["failed", String(report.failed)],
      ...failures(report),
    ]),
    "",
    ...rows(latencies(report)),
    "",
    ...tracks(report),
    ...rows(shares(report)),
    ...remarks(report),
  ].join("\n");
}

/** What to do if all requests failed for the same reason. */
export function hint({ answered, failures }: Report): Problem | undefined {
  const [failure, ...others] = Object.keys(failures);
  if (answered > 0 || failure === undefined || others.length > 0) return undefined;
  return {
    what: `Every request failed in the same way: ${failure}.`,
    todo: /^status [34]/.test(failure)
      ? "npm run load -- --path /…, with a path that the service answers with 200"
      : "npm run status, which says what is wrong",
  };
}

function failures({ failures, firstFailures }: Report): Row[] {
  return Object.entries(failures).map(([kind, count]) => {
    const first = firstFailures.find(({ failure }) => failure === kind);
    const when = first && `first at ${(first.atMs / 1000).toFixed(2)} s: ${first.detail}`.split("\n")[0];
    return [`  ${kind}`, String(count), when ?? ""];
  });
}

function latencies({ latencyMs }: Report): Row[] {
  if (latencyMs === null) return [["latency", "-", "nothing was answered"]];
  return Object.entries(latencyMs).map(([name, ms]) => [name, `${(ms as number).toFixed(1)} ms`]);
}

/** One row per track, if there are several. */
function tracks({ tracks, answered }: Report): string[] {
  if (tracks.length < 2) return [];
  const lines = tracks.map(({ track, answers, failed, latencyMs }): Row => {
    const latency = latencyMs === null ? "" : `p50 ${latencyMs.p50} ms, p99 ${latencyMs.p99} ms`;
    return [`track ${track}`, String(answers), percent(answers, answered), `${failed} failed`, latency];
  });
  return [...rows(lines), ""];
}

function percent(answers: number, all: number): string {
  return `${((100 * answers) / all).toFixed(1)} %`;
}

/** The answers of each release, and below it of each of its pods. */
function shares({ releases, pods, answered }: Report): Row[] {
  const share = (answers: number) => percent(answers, answered);
  return releases.flatMap(({ version, answers }) => [
    [`release ${version}`, String(answers), share(answers)] as const,
    ...pods
      .filter((pod) => pod.version === version)
      .map((pod) => [`  ${pod.name} (${pod.track})`, String(pod.answers), share(pod.answers)] as const),
  ]);
}

function remarks({ lateMs }: Report): string[] {
  if (lateMs < LATE_MS) return [];
  return [
    "",
    `This machine was busy and sent requests up to ${lateMs.toFixed(0)} ms late, which is part of the latency.`,
  ];
}

function rows(all: readonly Row[]): string[] {
  return columns(all, { right: [1] });
}
