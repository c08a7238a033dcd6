import { setTimeout as sleep } from "node:timers/promises";
import type { V1Pod } from "@kubernetes/client-node";
import { printableLines } from "../../common/printable";
import type { Apis } from "../connection/kubernetes-client";
import { logLine } from "./log-line";
import { containerOf, nameOf } from "../objects/pods";

/** Enough for an error and what led to it, few enough for one screen. */
const LINES = 10;
/** Characters: of a longer line the rest says nothing to a person. */
const WIDTH = 400;

/** A log that isn't there a moment after its container has ended can be there after this, in milliseconds. */
const SOON_MS = 1_000;

/**
 * The last lines that a pod's container logged. Where one ended and the next one has only just been started, it is
 * the one that ended that tells why; where the log of the one that ended can't be had, the one before it.
 *
 * @returns nothing where there was never a container, where it wrote nothing, or its log can't be had
 */
export async function logTail({ core }: Pick<Apis, "core">, pod: V1Pod): Promise<string[]> {
  const container = containerOf(pod);
  if (container?.containerID === undefined && container?.lastState?.terminated === undefined) return [];
  const previous = container.state?.running !== undefined && container.lastState?.terminated !== undefined;
  const request = {
    name: nameOf(pod),
    namespace: pod.metadata?.namespace ?? "",
    container: container.name,
    tailLines: LINES,
    timestamps: true,
  };
  const tail = async (previous: boolean) =>
    linesIn(await core.readNamespacedPodLog({ ...request, previous }).catch(() => ""));
  const now = await tail(previous);
  if (now.length > 0) return now;
  await sleep(SOON_MS);
  const soon = await tail(previous);
  return soon.length > 0 ? soon : tail(!previous);
}

function linesIn(log: string | undefined): string[] {
  return (log ?? "")
    .split("\n")
    .map((line) => printableLines(logLine(line)?.text ?? ""))
    .filter((text) => text.trim() !== "")
    .map((text) => (text.length > WIDTH ? `${text.slice(0, WIDTH)}…` : text));
}
