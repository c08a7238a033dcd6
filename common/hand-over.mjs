import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { bypassProxies } from "./proxies.mjs";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Runs a program in place of this process, with the same terminal and signals. Ends with the program's exit code.
 *
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} options
 */
export async function handOver(file, args, options = {}) {
  process.exit(await run(file, args, { ...options, stdio: "inherit" }));
}

/**
 * Runs a program and passes signals on to it.
 *
 * @param {string} file
 * @param {readonly string[]} args
 * @param {import("node:child_process").SpawnOptions} options
 * @returns {Promise<number>} the exit code, as in a shell: 128 and the signal's number if a signal ended the program
 */
export async function run(file, args, { env = process.env, ...options }) {
  const child = spawn(file, args, { ...options, env: bypassProxies(env) });
  // A terminal sends Ctrl-C to both processes. A second SIGINT would tell the program not to wait.
  const passOn = (signal) => (signal === "SIGINT" && process.stdin.isTTY) || child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, passOn);
  try {
    const [code, signal] = await once(child, "exit");
    return code ?? 128 + constants.signals[signal];
  } catch (error) {
    console.error(error.message); // the program doesn't exist
    return 127;
  } finally {
    for (const signal of SIGNALS) process.off(signal, passOn);
  }
}
