import type { V1Pod } from "@kubernetes/client-node";
import type { Apis } from "../cluster/kubernetes-client";
import { containerOf, nameOf } from "./pods";

/** Enough for an error and what led to it, few enough for one screen. */
const LINES = 10;
/** Characters: of a longer line the rest says nothing to a person. */
const WIDTH = 400;

/**
 * The last lines that a pod's container logged. Where one ended and the next one has only just been started, it is
 * the one that ended that tells why.
 *
 * @returns nothing where there was never a container, or its log can't be had
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
  };
  const log = await core.readNamespacedPodLog({ ...request, previous }).catch(() => "");
  return (log ?? "")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => (line.length > WIDTH ? `${line.slice(0, WIDTH)}…` : line));
}
