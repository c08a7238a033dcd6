import { Command } from "commander";
import { apisOf } from "./deployed/cluster";
import { readDeployed } from "./deployed";
import { onInterrupt } from "./terminal/interrupt";
import { Logs, type Listener } from "./logs/follow";
import { LogFormatter } from "./logs/format";
import { isColoured } from "./terminal/colours";
import { printableLines } from "../common/printable";
import { Values } from "./terminal/values";
import { DEFAULT_STACK } from "../common/stack-hints";

/** How many of its last lines are shown of each pod before it is followed. */
const TAIL = 20;
/** The longest time to look back, in seconds. */
const MOST_SINCE = 7 * 24 * 3600;

export const command = new Command("npm run logs --")
  .description("Shows the logs of all pods, each in its own colour, and of new pods, until Ctrl-C.")
  .option("--stack <name>", "the stack whose pods they are", DEFAULT_STACK)
  .option("--pod <name>", "only this pod, until it is gone")
  .option("--track <name>", "only the pods of this track")
  .option(
    "--since <time>",
    `the logs since then, for example 30s or 10m; the default is the last ${TAIL} lines of each pod`,
  )
  .option("--no-follow", "end after the existing lines: all of them, unless --since is given")
  .option("--raw", "the lines as the service wrote them, without time and pod", false);

interface Options {
  readonly stack: string;
  readonly pod?: string;
  readonly track?: string;
  readonly since?: string;
  readonly follow: boolean;
  readonly raw: boolean;
}

export async function run(options: Options): Promise<void> {
  const sinceSeconds = sinceIn(options.since);
  const deployed = await readDeployed(options.stack);
  const tailLines = options.follow && sinceSeconds === undefined ? TAIL : undefined;
  const query = { pod: options.pod, track: options.track, sinceSeconds, tailLines };
  const logs = new Logs(await apisOf(deployed), deployed, query, listener(options.raw));
  const end = () => process.exit();
  onInterrupt(end);
  // The reader of the pipe has ended, as `head` does.
  process.stdout.on("error", end);
  await logs.showExisting();
  if (options.follow) await logs.follow();
}

function sinceIn(since: string | undefined): number | undefined {
  const values = new Values("npm run logs");
  const seconds = since === undefined ? undefined : values.seconds("--since", since, MOST_SINCE);
  values.check();
  return seconds;
}

/** Prints lines of pods on standard output, and notices on standard error. */
function listener(raw: boolean): Listener {
  const lines = new LogFormatter(isColoured(process.stdout));
  const notices = new LogFormatter(isColoured(process.stderr));
  return {
    line: (line) => console.log(raw ? unformatted(line.text) : lines.line(line)),
    notice: (text) => console.error(notices.notice(text)),
  };
}

/** The line as it is for a program. A terminal gets it without control characters, which it would obey. */
function unformatted(text: string): string {
  return process.stdout.isTTY ? printableLines(text) : text;
}
