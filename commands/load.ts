import { writeFileSync } from "node:fs";
import { Command } from "commander";
import { DEFAULTS, MOST, startLoad } from "./load/generator";
import { printableJson } from "../common/printable";
import { describe } from "../common/problem";
import { onInterrupt } from "./terminal/interrupt";
import { parseOptions, type Options } from "./load/options";
import { showProgress } from "./load/progress";
import { picture } from "./load/svg";
import { hint, table } from "./load/table";
import { targetOf } from "./load/target";
import { DEFAULT_STACK } from "../common/stack-hints";

export const command = new Command("npm run load --")
  .description("Sends requests to the service at an even rate, and counts every answer by pod and release.")
  .option("--rate <number>", `requests a second, up to ${MOST.rate}`, String(DEFAULTS.rate))
  .option("--duration <time>", `for example 30s or 5m, up to ${MOST.durationMs / 60_000}m`, "30s")
  .option("--connections <number>", `at a time, up to ${MOST.connections}`, String(DEFAULTS.connections))
  .option(
    "--new <share>",
    "from 0 to 1: the share of requests on a new connection",
    String(DEFAULTS.newShare),
  )
  .option("--path <path>", "the path; the default is /pod, which says who answered, or a path that answers")
  .option("--stack <name>", "the stack whose url is the target", DEFAULT_STACK)
  .option("--url <url>", "another target, on this machine or in the stack's cluster")
  .option("--allow-remote", "allow any --url. Use it only if the owner of the URL has agreed", false)
  .option("--json", "the report as JSON on standard output", false)
  .option("--svg <file>", "write a diagram of latency and rate over time to a file")
  .addHelpText("after", "\nExit code 1 if a request failed. Ctrl-C ends it early, with the report so far.");

export async function run(options: Options): Promise<number> {
  const wanted = parseOptions(options);
  const load = startLoad({ ...wanted, ...(await targetOf(options)) });
  onInterrupt(() => void load.stop());
  const progress = showProgress(load, wanted.durationMs);
  const report = await load.ended;
  progress.end();
  console.log(options.json ? printableJson(report, 2) : table(report));
  const advice = options.json ? undefined : hint(report);
  if (advice !== undefined) console.error(`\n${describe([advice])}`);
  if (options.svg !== undefined) writeFileSync(options.svg, picture(report));
  return report.failed > 0 ? 1 : 0;
}
