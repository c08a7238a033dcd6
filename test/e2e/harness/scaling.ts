import { AutoscalingV2Api, AppsV1Api, type KubeConfig } from "@kubernetes/client-node";
import type { Report } from "../../../commands/load/generator";
import { bars, chart, escape, label, line, type Area } from "../../../commands/load/svg-parts";

/** The state of an autoscaler in one second. */
export interface Moment {
  readonly ready: number;
  readonly wanted: number;
  /** The pods' CPU use in percent of what they request, as the autoscaler saw it. */
  readonly cpuPercent: number | undefined;
}

/** Looks at the Deployment and the autoscaler `api` once a second. @returns the moments so far, and how to stop */
export function watchScaling(config: KubeConfig, namespace: string) {
  const [apps, autoscaling] = [config.makeApiClient(AppsV1Api), config.makeApiClient(AutoscalingV2Api)];
  const moments: Moment[] = [];
  const start = Date.now();
  const look = async () => {
    const [{ status }, { status: scaling }] = await Promise.all([
      apps.readNamespacedDeployment({ namespace, name: "api" }),
      autoscaling.readNamespacedHorizontalPodAutoscaler({ namespace, name: "api" }),
    ]);
    const moment: Moment = {
      ready: status?.readyReplicas ?? 0,
      wanted: scaling?.desiredReplicas ?? 0,
      cpuPercent: scaling?.currentMetrics?.[0]?.resource?.current.averageUtilization,
    };
    // A busy machine skips seconds: they get the last state.
    while (moments.length < (Date.now() - start) / 1000) moments.push(moment);
  };
  const timer = setInterval(() => void look().catch(() => undefined), 1_000);
  return { moments, stop: () => clearInterval(timer) };
}

const WIDTH = 960;
const HEIGHT = 640;
const colours = {
  text: "#7d8590",
  answered: "#3b82c4",
  failed: "#e0443a",
  wanted: "#e08e2b",
  p95: "#b07aa1",
};
const area = (row: number): Area => ({ left: 70, top: 76 + row * 140, width: 860, height: 90 });

/** Draws a load and how the pods followed it, second by second. */
export function pictureOf(report: Report, moments: readonly Moment[], targetPercent: number): string {
  const seconds = moments.length;
  const most = (values: readonly (number | undefined)[]) => Math.max(1, ...values.map((value) => value ?? 0));
  const rates = moments.map((_, second) => report.seconds[second]?.answered ?? 0);
  const failed = moments.map((_, second) => report.seconds[second]?.failed ?? 0);
  const p95 = moments.map((_, second) => report.seconds[second]?.latencyMs?.p95);
  const [ready, wanted] = [moments.map((each) => each.ready), moments.map((each) => each.wanted)];
  const cpu = moments.map(({ cpuPercent }) => cpuPercent);
  const target = moments.map(() => targetPercent);
  const rows = [
    chart(area(0), most(rates), seconds, "/s"),
    chart(area(1), most([...ready, ...wanted]), seconds, "pods"),
    chart(area(2), most([...cpu, targetPercent]), seconds, "%"),
    chart(area(3), most(p95), seconds, "ms"),
  ] as const;
  const title = `${report.requests} requests at ${report.rate} a second, ${report.failed} failed: from ${ready[0]} pod to ${most(wanted)} and back`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}"`,
    ` font-family="system-ui, sans-serif" font-size="12" fill="${colours.text}" role="img">`,
    `<title>${escape(title)}</title>`,
    `<text x="16" y="28" font-size="15" font-weight="600">${escape(title)}</text>`,
    ...rows.map(({ axes }) => axes),
    label(area(0), [
      ["answered", colours.answered],
      ["failed", colours.failed],
    ]),
    bars(rows[0], [
      { colour: colours.answered, values: rates },
      { colour: colours.failed, values: failed },
    ]),
    label(area(1), [
      ["pods ready", colours.answered],
      ["wanted by the autoscaler", colours.wanted],
    ]),
    line(rows[1], wanted, colours.wanted),
    line(rows[1], ready, colours.answered),
    label(area(2), [
      ["CPU, of what is requested", colours.answered],
      ["target", colours.wanted],
    ]),
    line(rows[2], target, colours.wanted),
    line(rows[2], cpu, colours.answered),
    label(area(3), [["latency p95", colours.p95]]),
    line(rows[3], p95, colours.p95),
    `<text x="${WIDTH - 30}" y="${HEIGHT - 8}" text-anchor="end">seconds</text>`,
    "</svg>\n",
  ].join("\n");
}
