/** A line of a log that was read with timestamps. */
export interface LogLine {
  /** When the node received it: RFC 3339 with nanoseconds. */
  readonly time: string;
  /** What the container wrote. */
  readonly text: string;
}

const LINE = /^(\d{4}-\d\d-\d\dT\S+)(?: ([^]*))?$/; // [^]: any character, carriage returns included

/**
 * Parses a line. Undefined for a line without a time: it is a message of the kubelet, which it sends with a status of
 * success if the log is gone (https://github.com/kubernetes/kubernetes/issues/102170).
 */
export function logLine(line: string): LogLine | undefined {
  const [, time, text = ""] = LINE.exec(line) ?? [];
  return time === undefined ? undefined : { time, text };
}
