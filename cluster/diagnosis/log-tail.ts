import { setTimeout as sleep } from "node:timers/promises";
import type { V1Pod } from "@kubernetes/client-node";
import { printableLines } from "../../common/printable";
import type { Apis } from "../connection/kubernetes-client";
import { logLine } from "./log-line";
import { containerOf, nameOf } from "../objects/pods";

/** In lines: enough for an error of Node.js with its stack (17), and few enough for one screen. */
const MAX_LINES = 20;
/** In characters. Longer lines are cut. */
const MAX_WIDTH = 400;

/** In milliseconds. The log of a container that has just ended may be readable only after this time. */
const DELAY_MS = 1_000;

/**
 * The last lines that a pod's container logged. If a container has ended and was restarted, these are the lines of the one
 * that ended, because they tell why. If its log is gone, they are those of the new one.
 *
 * @returns no lines if no container was ever started, or there is no log
 */
export async function logTail({ core }: Pick<Apis, "core">, pod: V1Pod): Promise<string[]> {
  const container = containerOf(pod);
  if (container?.containerID === undefined && container?.lastState?.terminated === undefined) return [];
  const previous = container.state?.running !== undefined && container.lastState?.terminated !== undefined;
  const request = {
    name: nameOf(pod),
    namespace: pod.metadata?.namespace ?? "",
    container: container.name,
    tailLines: MAX_LINES,
    timestamps: true,
  };
  const tail = async (previous: boolean) =>
    linesIn(await core.readNamespacedPodLog({ ...request, previous }).catch(() => ""));
  const now = await tail(previous);
  if (now.length > 0) return now;
  await sleep(DELAY_MS);
  const soon = await tail(previous);
  return soon.length > 0 ? soon : tail(!previous);
}

function linesIn(log: string | undefined): string[] {
  return (log ?? "")
    .split("\n")
    .map((line) => printableLines(logLine(line)?.text ?? ""))
    .filter((text) => text.trim() !== "")
    .map((text) => (text.length > MAX_WIDTH ? `${text.slice(0, MAX_WIDTH)}…` : text));
}
