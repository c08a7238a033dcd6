import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { parse } from "protobufjs";
import type { Say } from "../../step";

/** How many lines of its output the error of a failed build has. */
const LAST_LINES = 20;

/** The part of BuildKit's progress that is shown (moby/buildkit, api/services/control/control.proto). */
const Status = parse(`
  syntax = "proto3";
  message Status { repeated Step vertexes = 1; repeated Log logs = 3; }
  message Step { string name = 3; bool cached = 4; Time started = 5; Time completed = 6; }
  message Log { bytes msg = 4; }
  message Time {}
`).root.lookupType("Status");

interface Progress {
  readonly vertexes?: readonly { name?: string; cached?: boolean; started?: object; completed?: object }[];
  readonly logs?: readonly { msg?: Uint8Array }[];
}

/** The daemon's messages during a build, one per line (https://docs.docker.com/reference/api/engine). */
interface Message {
  readonly id?: string;
  readonly aux?: unknown;
  readonly stream?: string;
  readonly error?: string;
}

/**
 * Shows the daemon's output, line by line.
 *
 * @throws Error with the daemon's message and the last lines, if the build fails or its output ends early
 */
export async function follow(output: Readable, say: Say): Promise<void> {
  const lines: string[] = [];
  let failure: string | undefined;
  const read = async () => {
    for await (const json of createInterface({ input: output })) {
      if (json.trim() === "") continue;
      const message = JSON.parse(json) as Message;
      failure ??= message.error;
      for (const line of linesOf(message)) {
        lines.push(line);
        say(line);
      }
    }
  };
  // readline doesn't pass on the errors of its input.
  const broken = new Promise<never>((_, reject) => output.once("error", reject));
  await Promise.race([read(), broken]);
  if (failure !== undefined) throw new Error(failureText(failure, lines));
  if (!output.readableEnded) throw new Error("the build's output ended early");
}

function linesOf({ id, aux, stream = "" }: Message): string[] {
  const text = id === "moby.buildkit.trace" ? textOf(String(aux)) : stream;
  return text
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .filter((line) => line !== "");
}

function textOf(base64: string): string {
  const { vertexes = [], logs = [] } = Status.decode(Buffer.from(base64, "base64")) as Progress;
  const steps = vertexes
    .filter(({ cached, started, completed }) => cached || (started && !completed))
    .map(({ name = "", cached }) => (cached ? `CACHED ${name}` : name));
  return [...steps, ...logs.map(({ msg }) => Buffer.from(msg ?? "").toString())].join("\n");
}

function failureText(failure: string, lines: readonly string[]): string {
  const last = lines.slice(-LAST_LINES);
  if (last.length === 0) return failure;
  return [failure, "the last lines of its output:", ...last.map((line) => `  ${line}`)].join("\n");
}
