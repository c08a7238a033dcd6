import { PassThrough } from "node:stream";
import type { LogOptions, V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import { logLine, type LogLine } from "../../cluster/diagnosis/log-line";
import type { Apis } from "../../cluster/connection/kubernetes-client";

/** A container with a log. */
export interface Source {
  /** The container's id. A restarted container has another one. */
  readonly id: string;
  readonly pod: string;
  readonly container: string;
  /** Whether the container runs, so that more lines may come. */
  readonly running: boolean;
}

/** A line of a container of a pod. */
export interface Line extends LogLine {
  readonly pod: string;
}

/** The containers of a pod that have a log. */
export function sourcesIn({ metadata, status }: V1Pod): Source[] {
  return (status?.containerStatuses ?? []).flatMap((container) => {
    const { name, containerID: id, state } = container;
    const pod = metadata?.name ?? "";
    const exists = id !== undefined && hasLog(container);
    return exists ? [{ id, pod, container: name, running: state?.running !== undefined }] : [];
  });
}

/** Whether a container has a log. If it waits for a restart, it has the log of its last run. */
function hasLog({ state, lastState }: V1ContainerStatus): boolean {
  return [state?.running, state?.terminated, lastState?.terminated].some((found) => found !== undefined);
}

/** Reads the log of a container line by line, until it ends, the connection breaks, or the container is gone. */
export async function* linesOf(
  { log }: Apis,
  namespace: string,
  { pod, container }: Source,
  options: LogOptions,
): AsyncGenerator<Line> {
  const sink = new PassThrough({ encoding: "utf8" });
  // The client doesn't handle errors of its pipe: a broken connection would end the process.
  sink.once("pipe", (body: NodeJS.ReadableStream) => {
    body.on("error", () => sink.end()).on("close", () => sink.end());
  });
  try {
    await log.log(namespace, pod, container, sink, { ...options, timestamps: true });
  } catch {
    return; // The container is gone, or is only starting: the next list of the pods says which.
  }
  let rest = "";
  for await (const chunk of sink) {
    const lines = (rest + String(chunk)).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield* parse(pod, line);
  }
  yield* parse(pod, rest);
}

function parse(pod: string, text: string): Line[] {
  const line = logLine(text);
  return line === undefined ? [] : [{ pod, ...line }];
}

/** A form of a line's time that sorts as text: the fractions in the times have different lengths. */
export function comparable(time: string): string {
  const [seconds = "", fraction = ""] = time.replace(/Z$/, "").split(".");
  return `${seconds}.${fraction.padEnd(9, "0")}`;
}
