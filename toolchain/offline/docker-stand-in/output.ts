import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** Shows one line of progress. */
export type Say = (line: string) => void;

/** How much of a failed build's output goes into the error, in lines. */
const LAST_LINES = 20;

/** What the daemon says while it builds: one of these a line. Source: docs.docker.com/reference/api/engine. */
interface Message {
  readonly stream?: string;
  readonly id?: string;
  readonly status?: string;
  readonly progress?: string;
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
}

/**
 * Shows what the daemon says, line by line, as it comes, until it has nothing more to say.
 *
 * @throws Error with the daemon's own words and the last lines, when what it did failed.
 */
export async function follow(output: Readable, say: Say): Promise<void> {
  const lines: string[] = [];
  // A connection that breaks ends readline in silence; pipeline errors come from the stream itself.
  const broken = new Promise<never>((_, reject) => output.once("error", reject));
  broken.catch(() => undefined);
  const read = async () => {
    for await (const json of createInterface({ input: output })) {
      if (json.trim() !== "") readMessage(JSON.parse(json) as Message, lines, say);
    }
  };
  await Promise.race([read(), broken]);
  if (!output.readableEnded) throw output.errored ?? new Error("the build's output broke off");
}

function readMessage(message: Message, lines: string[], say: Say): void {
  const failure = message.errorDetail?.message ?? message.error;
  if (failure !== undefined) throw new Error(failureText(failure, lines));
  const said = message.stream ?? [message.id, message.status, message.progress].filter(Boolean).join(" ");
  const line = said.trim();
  if (line === "") return;
  // A pull's progress is worth watching, not worth keeping.
  if (message.progress === undefined) lines.push(...line.split("\n"));
  say(line);
}

function failureText(failure: string, lines: readonly string[]): string {
  const last = lines.slice(-LAST_LINES);
  if (last.length === 0) return failure;
  return [failure, "the last lines of its output:", ...last.map((each) => `  ${each}`)].join("\n");
}
