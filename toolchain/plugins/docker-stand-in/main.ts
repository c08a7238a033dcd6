import { serve } from "./server";

/** Put in by `bundle.ts`. */
declare const STAND_IN_VERSION: string;

/** How often to see whether the engine still runs, in milliseconds. */
const WATCH_INTERVAL = 2_000;

/** The engine starts a plugin with its own address as the last argument and reads the port from its first line. */
async function main(): Promise<void> {
  const engineAddress = process.argv.slice(2).findLast((argument) => !argument.startsWith("-"));
  const port = await serve(STAND_IN_VERSION, engineAddress);
  process.stdout.write(`${port}\n`);
}

// The engine sends this when it is done with a plugin, and waits five seconds for one that doesn't go. A Ctrl-C on
// the terminal doesn't come here: plugins are in process groups of their own, and the engine sends them Cancel.
process.on("SIGINT", () => process.exit(0));

// An engine that was killed can't end its plugins: without their parent they end by themselves.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.exit(0);
}, WATCH_INTERVAL).unref();

void main();
