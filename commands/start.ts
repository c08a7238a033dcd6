import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Command } from "commander";
import { onInterrupt } from "./terminal/interrupt";
import { ROOT } from "../common/root";

const SERVICE = join(ROOT, "service/main.ts");

export const command = new Command("npm start --")
  .description("Runs the service alone on this machine, with no cluster. Ctrl-C stops it.")
  .option("--port <number>", "port to listen on; 0 for any free one", process.env.PORT);

/** @returns the exit code of the service */
export async function run({ port }: { port?: string }): Promise<number> {
  // Any free port for the metrics, so that several services can run side by side.
  const env = { METRICS_PORT: "0", ...process.env, ...(port !== undefined && { PORT: port }) };
  const service = spawn(process.execPath, ["--import", "tsx", SERVICE], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  createInterface(service.stdout).on("line", show);
  // A terminal sends Ctrl-C to the service too. A second SIGINT would tell it not to wait.
  onInterrupt((signal) => (signal === "SIGINT" && process.stdin.isTTY) || service.kill(signal));
  const [code] = (await once(service, "close")) as [number | null];
  return code ?? 1;
}

/** Prints a line of the log. After the line that says that the service listens, prints what to try. */
function show(line: string): void {
  console.log(line);
  const started = /"port":(\d+).*"msg":"started"/.exec(line);
  if (started) console.log(whatToTry(`http://localhost:${started[1]}`));
}

function whatToTry(url: string): string {
  const paths = ["/healthcheck", "/readyz", "/ip", "/pod"];
  return [
    "",
    `Listening on ${url}. Ctrl-C stops it. Try:`,
    ...paths.map((path) => `  curl ${url}${path}`),
    "",
  ].join("\n");
}
