/** A line of a log that was asked for with its timestamps. */
export interface LogLine {
  /** When the node got it: RFC 3339 with nanoseconds. */
  readonly time: string;
  /** What the container wrote. */
  readonly text: string;
}

const LINE = /^(\d{4}-\d\d-\d\dT\S+)(?: ([^]*))?$/; // [^]: also what a terminal would take for a return

/**
 * Reads a line. None where it is the kubelet that says something in a log's place, with a status as if all were well:
 * that the log was taken away, or that its file can't be found. That has no time
 * (https://github.com/kubernetes/kubernetes/issues/102170).
 */
export function logLine(line: string): LogLine | undefined {
  const [, time, text = ""] = LINE.exec(line) ?? [];
  return time === undefined ? undefined : { time, text };
}
