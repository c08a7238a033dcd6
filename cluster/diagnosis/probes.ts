import type { CoreV1Event, V1Pod } from "@kubernetes/client-node";
import { timeOf } from "./events";
import { nameOf, type End } from "../objects/pods";

/** In milliseconds. The kubelet's decision to kill a container and the container's end are at most this far apart. */
const KILL_MS = 60_000;

/** The kubelet's report of a pod's last failed probe. Only events have it. */
export function lastProbe(pod: V1Pod, events: readonly CoreV1Event[], of = ""): string | undefined {
  return lastOf(pod, events, "Unhealthy", ({ message }) => message?.startsWith(of) === true)?.message;
}

/** The kubelet's report of the failed probe that made it kill a container. Undefined if the container ended by itself. */
export function probeThatKilled(pod: V1Pod, end: End, events: readonly CoreV1Event[]): string | undefined {
  const kill = lastOf(pod, events, "Killing", ({ message }) => /failed \w+ probe/.test(message ?? ""));
  if (kill === undefined || Math.abs(timeOf(kill).getTime() - Date.parse(end.at)) > KILL_MS) return undefined;
  const [, probe = ""] = /failed (\w+) probe/.exec(kill.message ?? "") ?? [];
  const name = `${probe.charAt(0).toUpperCase()}${probe.slice(1)} probe`;
  return lastProbe(pod, events, name) ?? `${name} failed`;
}

function lastOf(
  pod: V1Pod,
  events: readonly CoreV1Event[],
  reason: string,
  matches: (event: CoreV1Event) => boolean,
): CoreV1Event | undefined {
  return events
    .filter((event) => event.reason === reason && event.involvedObject.name === nameOf(pod) && matches(event))
    .sort((a, b) => timeOf(a).getTime() - timeOf(b).getTime())
    .at(-1);
}
