import { endWithParent } from "../../../common/parent";
import { serve } from "./server";

/** Put in by `bundle.ts`. */
declare const STAND_IN_VERSION: string;

/** The engine starts a plugin with its own address as the last argument and reads the port from its first line. */
async function main(): Promise<void> {
  const engineAddress = process.argv.slice(2).findLast((argument) => !argument.startsWith("-"));
  const port = await serve(STAND_IN_VERSION, engineAddress);
  process.stdout.write(`${port}\n`);
}

// The engine sends this when it is done with a plugin, and waits five seconds for one that doesn't go. A Ctrl-C on
// the terminal doesn't come here: plugins are in process groups of their own, and the engine sends them Cancel.
process.on("SIGINT", () => process.exit(0));

endWithParent();
void main();
