import type { CoreV1Event } from "@kubernetes/client-node";
import { printableLines } from "../../common/printable";

/** An event of an object. `at` is ISO 8601 in UTC. */
export interface EventState {
  readonly at: string;
  readonly warning: boolean;
  readonly reason: string;
  /** Such as `pod/api-6c9f-x2x`. */
  readonly object: string;
  readonly message: string;
  readonly count: number;
}

const MAX_EVENTS = 8;

/** The last events, oldest first. */
export function lastEvents(events: readonly CoreV1Event[]): EventState[] {
  return events
    .map(eventState)
    .sort((a, b) => a.at.localeCompare(b.at))
    .slice(-MAX_EVENTS);
}

function eventState(event: CoreV1Event): EventState {
  const { type, reason, involvedObject, message, count, series } = event;
  return {
    at: timeOf(event).toISOString(),
    warning: type === "Warning",
    reason: reason ?? "",
    object: `${involvedObject.kind?.toLowerCase()}/${involvedObject.name}`,
    message: printableLines(message ?? ""),
    count: series?.count ?? count ?? 1,
  };
}

/** When an event last happened. Components set different ones of these fields. */
export function timeOf({ series, lastTimestamp, eventTime, metadata }: CoreV1Event): Date {
  const time = series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata.creationTimestamp;
  return new Date(time ?? 0);
}
