import { PassThrough } from "node:stream";
import type { LogOptions, V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import { logLine, type LogLine } from "../../cluster/diagnosis/log-line";
import type { Apis } from "../../cluster/connection/kubernetes-client";

/** A container that has a log: it runs, or has ended. */
export interface Source {
  /** The container's id: a restart makes another one. */
  readonly id: string;
  readonly pod: string;
  readonly container: string;
  /** Whether more may come. */
  readonly running: boolean;
}

/** A line as a container of a pod wrote it. */
export interface Line extends LogLine {
  readonly pod: string;
}

/** The containers of a pod that have a log. */
export function sourcesIn({ metadata, status }: V1Pod): Source[] {
  return (status?.containerStatuses ?? []).flatMap((container) => {
    const { name, containerID: id, state } = container;
    const pod = metadata?.name ?? "";
    const has = id !== undefined && hasLog(container);
    return has ? [{ id, pod, container: name, running: state?.running !== undefined }] : [];
  });
}

/** While it waits to be started again, the log of the last time is there. */
function hasLog({ state, lastState }: V1ContainerStatus): boolean {
  return [state?.running, state?.terminated, lastState?.terminated].some((found) => found !== undefined);
}

/** Reads the log of a container line by line, until it ends, or the connection breaks, or the container is gone. */
export async function* linesOf(
  { log }: Apis,
  namespace: string,
  { pod, container }: Source,
  options: LogOptions,
): AsyncGenerator<Line> {
  const sink = new PassThrough({ encoding: "utf8" });
  // The client pipes and leaves it at that: without this, a connection that breaks ends the process.
  sink.once("pipe", (body: NodeJS.ReadableStream) => {
    body.on("error", () => sink.end()).on("close", () => sink.end());
  });
  try {
    await log.log(namespace, pod, container, sink, { ...options, timestamps: true });
  } catch {
    return; // It went, or is only starting: the next look at the pods tells which.
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

/** Orders times of lines: their fractions are of different lengths. */
export function comparable(time: string): string {
  const [seconds = "", fraction = ""] = time.replace(/Z$/, "").split(".");
  return `${seconds}.${fraction.padEnd(9, "0")}`;
}
