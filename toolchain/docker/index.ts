import { UserError } from "../../common/problem";
import { attempt } from "../command";
import type { Machine } from "../machine";
import type { Say } from "../step";
import { installEngine, startEngine } from "./engine";

/** How long a daemon may take to answer that it is there, in milliseconds. */
const ANSWER_TIMEOUT_MS = 10_000;

/** A daemon that answers, or the reason why none does. */
export interface Daemon {
  readonly version?: string;
  readonly refusal?: string;
}

/** Asks the Docker daemon that the `docker` command would use in this environment. */
export async function askDaemon(env: NodeJS.ProcessEnv): Promise<Daemon> {
  const args = ["version", "--format", "{{.Server.Version}}"];
  const { exitCode, stdout, output } = await attempt("docker", args, { env, timeout: ANSWER_TIMEOUT_MS });
  if (exitCode === 0) return { version: stdout.trim() };
  return { refusal: output.trim().split("\n").at(-1) ?? "" };
}

/**
 * Sees to a Docker daemon: one that answers is used as it is; on Debian and Ubuntu, as root, it is installed
 * and started.
 *
 * @returns the daemon's version
 * @throws UserError anywhere else, with what to do
 */
export async function ensureDocker(machine: Machine, say: Say): Promise<string> {
  const before = await askDaemon(machine.env);
  if (before.version !== undefined) return before.version;
  if (!machine.debian || !machine.root) throw noDaemon(machine, before.refusal ?? "");
  await installEngine(machine, say);
  await startEngine(machine, say, async () => (await askDaemon(machine.env)).version !== undefined);
  const { version, refusal } = await askDaemon(machine.env);
  if (version === undefined) throw noDaemon(machine, refusal ?? "");
  return version;
}

function noDaemon(machine: Machine, refusal: string): UserError {
  return new UserError({ what: `no Docker daemon answers (${refusal})`, todo: adviceFor(machine, refusal) });
}

/** The one thing to do about a daemon that doesn't answer. */
export function adviceFor(machine: Machine, refusal: string): string {
  if (/permission denied/i.test(refusal)) return "sudo usermod -aG docker $USER, then log in again";
  if (machine.os === "darwin") return "start Docker Desktop, or install it: https://docs.docker.com/desktop";
  if (machine.systemd)
    return "sudo systemctl start docker, or install it: https://docs.docker.com/engine/install";
  return "install and start Docker: https://docs.docker.com/engine/install";
}
