import { spawn } from "node:child_process";
import { constants } from "node:os";
import { bypassProxies } from "./proxies.mjs";

/**
 * Runs a program in place of this one: with its terminal, its signals and its exit code.
 *
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} options
 */
export function handOver(file, args, { cwd, env = process.env } = {}) {
  const child = spawn(file, args, { cwd, env: bypassProxies(env), stdio: "inherit" });
  // The program decides how it ends. On a terminal Ctrl-C reaches it anyway, and twice would mean: don't wait.
  process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}
