import { describe } from "../../common/problem";
import { painter, type Paint } from "../terminal/colours";
import { columns } from "../terminal/columns";
import type { AutoscalerState } from "../../cluster/diagnosis/autoscaling";
import type { DeploymentState, State } from "./state";
import type { PodState } from "../../cluster/objects/pods";

/** Formats the state for a terminal: stack and URL, Deployments, pods, events, and problems. */
export function screen(state: State, coloured: boolean, now = new Date()): string {
  const paint = painter(coloured);
  const { stack, context, namespace, url, urlWarning } = state;
  return [
    `${paint("bold", url)}  stack ${stack}, context ${context}, namespace ${namespace}`,
    ...(urlWarning === null ? [] : [paint("yellow", urlWarning)]),
    "",
    ...state.deployments.map((deployment) => deploymentLine(deployment, paint)),
    ...state.autoscalers.map(autoscalerLine),
    ...state.deployments.flatMap((deployment) => scaledByHand(deployment, state)),
    ...section("Pods", podLines(state, paint, now), paint),
    ...section("Last events", eventLines(state, paint, now), paint),
    ...section("What is wrong", troubles(state, paint), paint),
  ].join("\n");
}

function deploymentLine(deployment: DeploymentState, paint: Paint): string {
  const { name, track, release, pinned, wanted, ready, updated } = deployment;
  const count = paint(ready === wanted ? "green" : "yellow", `${ready} of ${wanted} ready`);
  const rollout = updated < wanted ? `, ${updated} of this release so far` : "";
  return `${name} (${track})  ${count}, release ${release}${pinned ? " (pinned)" : ""}${rollout}`;
}

function autoscalerLine({ deployment, min, max, atMax, ...now }: AutoscalerState): string {
  const use = now.cpuPercent === null ? "is not measured yet" : `is ${now.cpuPercent}% of what they request`;
  const why = `the pods' CPU use ${use}, ${now.targetPercent}% is the target`;
  const limited = atMax ? ", its maximum" : "";
  return `The autoscaler of ${deployment} (${min} to ${max} pods) wants ${now.wanted}${limited}: ${why}.`;
}

function scaledByHand({ track, wanted, configured }: DeploymentState, { deployments }: State): string[] {
  if (configured === null || wanted === configured) return [];
  const which = deployments.length > 1 ? `Track ${track} was scaled by hand` : "Scaled by hand";
  return [`${which}: the stack says ${configured}, and the next npm run up restores that.`];
}

function section(title: string, lines: readonly string[], paint: Paint): string[] {
  return lines.length === 0 ? [] : ["", paint("bold", title), ...lines.map((line) => `  ${line}`)];
}

function podLines({ pods, deployments }: State, paint: Paint, now: Date): string[] {
  const cells = pods.map((pod) => [
    `${pod.ready ? "●" : "○"} ${pod.name}`,
    ...(deployments.length > 1 ? [pod.track] : []),
    pod.ready ? "ready" : pod.state === "Running" ? "not ready" : pod.state,
    `release ${pod.release}`,
    `up ${since(pod.madeAt, now)}`,
    restarts(pod),
  ]);
  const lines = columns(cells);
  return pods.map(({ ready, state }, index) => {
    const colour = ready ? "green" : state === "Terminating" ? "gray" : "yellow";
    return paint(colour, lines[index] ?? "");
  });
}

function restarts({ restarts, lastEnd }: PodState): string {
  if (restarts === 0) return "";
  const why = lastEnd === null ? "" : `: ${lastEnd.reason}, exit code ${lastEnd.exitCode}`;
  return `${restarts} ${restarts === 1 ? "restart" : "restarts"}${why}`;
}

function eventLines({ events }: State, paint: Paint, now: Date): string[] {
  const cells = events.map(({ at, reason, object, count, message }) => [
    `${since(at, now)} ago`,
    reason,
    object,
    `${message.split("\n")[0]}${count > 1 ? ` (${count} times)` : ""}`,
  ]);
  const lines = columns(cells);
  return events.map(({ warning }, index) => paint(warning ? "yellow" : "reset", lines[index] ?? ""));
}

function troubles({ troubles }: State, paint: Paint): string[] {
  return troubles.flatMap((trouble) => {
    const [what = "", ...rest] = describe([trouble]).split("\n");
    return [paint("red", what), ...rest];
  });
}

/** The time since then, rounded: `12s`, `5m`, `3h` or `2d`. */
function since(at: string, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - Date.parse(at)) / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}
