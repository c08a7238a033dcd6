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
  .option("--port <number>", "port to listen on; 0 for any that is free", process.env.PORT);

/** @returns the exit code of the service */
export async function run({ port }: { port?: string }): Promise<number> {
  // Any free port for the metrics: a second service beside this one must not be in its way.
  const env = { METRICS_PORT: "0", ...process.env, ...(port !== undefined && { PORT: port }) };
  const service = spawn(process.execPath, ["--import", "tsx", SERVICE], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  createInterface(service.stdout).on("line", show);
  // On a terminal Ctrl-C reaches the service as well, and a second SIGINT would mean: don't wait.
  onInterrupt((signal) => (signal === "SIGINT" && process.stdin.isTTY) || service.kill(signal));
  const [code] = (await once(service, "close")) as [number | null];
  return code ?? 1;
}

/** Prints a line of the log, and what to try once the service listens. */
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
