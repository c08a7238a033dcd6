import { Command } from "commander";
import { readDeployed } from "./deployed";
import { readReleases } from "./releases/read";
import { table } from "./releases/table";
import { main } from "./terminal/main";

const options = new Command("npm run releases --")
  .description("Lists the releases that there were: tag, when, how it ended, and which one serves.")
  .option("--stack <name>", "the stack whose releases they are", "dev")
  .option("--json", "JSON on standard output", false)
  .addHelpText("after", "\nChanges nothing. npm run rollback goes back to one.")
  .parse()
  .opts<{ stack: string; json: boolean }>();

void main(async () => {
  const deployed = await readDeployed(options.stack);
  const releases = await readReleases(deployed);
  console.log(options.json ? JSON.stringify(releases, null, 2) : table(releases, deployed.config));
});
