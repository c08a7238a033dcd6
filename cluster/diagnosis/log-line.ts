/** A line of a log that was read with timestamps. */
export interface LogLine {
  /** When the node received it: RFC 3339 with nanoseconds. */
  readonly time: string;
  /** What the container wrote. */
  readonly text: string;
}

const LINE = /^(\d{4}-\d\d-\d\dT\S+)(?: ([^]*))?$/; // [^]: also what a terminal would take for a return

/**
 * Reads a line. Undefined for a line without a time: it is the kubelet's, which answers in place of a log that was
 * deleted or can't be found, with a status of success (https://github.com/kubernetes/kubernetes/issues/102170).
 */
export function logLine(line: string): LogLine | undefined {
  const [, time, text = ""] = LINE.exec(line) ?? [];
  return time === undefined ? undefined : { time, text };
}
