import { UserError, type Problem } from "../../common/problem";
import { attempt } from "../command";
import type { Machine } from "../machine";
import type { Say } from "../step";
import { installEngine, startEngine } from "./engine";

/** How long a daemon may take to answer, in milliseconds. */
const ANSWER_TIMEOUT_MS = 10_000;

/** The version of the Docker daemon, or the reason why it doesn't answer. */
interface Daemon {
  readonly version?: string;
  readonly refusal?: string;
  /** The setting that selects another daemon than this machine's own, for example `DOCKER_HOST=tcp://…`. */
  readonly chosenBy?: string;
}

/** Asks the daemon that the `docker` command uses in this environment. */
export async function askDaemon(env: NodeJS.ProcessEnv): Promise<Daemon> {
  const { exitCode, stdout, output } = await docker(["version", "--format", "{{.Server.Version}}"], env);
  if (exitCode === 0) return { version: stdout.trim() };
  const chosenBy = await settingOf(env);
  return { refusal: output.trim().split("\n").at(-1) ?? "", ...(chosenBy !== undefined && { chosenBy }) };
}

/**
 * The setting that selects another daemon than this machine's own. Undefined if there is none
 * (https://docs.docker.com/engine/manage-resources/contexts).
 */
async function settingOf(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const name of ["DOCKER_HOST", "DOCKER_CONTEXT"]) if (env[name]) return `${name}=${env[name]}`;
  const { exitCode, stdout } = await docker(["context", "inspect", "--format", "{{.Name}}"], env);
  const context = stdout.trim();
  return exitCode === 0 && context !== "default" ? `docker context use ${context}` : undefined;
}

function docker(args: readonly string[], env: NodeJS.ProcessEnv) {
  return attempt("docker", args, { env, timeout: ANSWER_TIMEOUT_MS });
}

/**
 * Ensures that a Docker daemon answers. If none does, installs and starts the machine's own for root on Debian or Ubuntu,
 * unless a setting selects another daemon.
 *
 * @returns the daemon's version
 * @throws UserError with what to do, if no daemon answers
 */
export async function ensureDocker(machine: Machine, say: Say): Promise<string> {
  const before = await askDaemon(machine.env);
  if (before.version !== undefined) return before.version;
  if (!canInstall(machine, before)) throw new UserError(noDaemon(machine, before));
  await installEngine(machine, say);
  return startEngine(machine, say, async () => (await askDaemon(machine.env)).version);
}

/** Whether `npm run up` can install and start the missing daemon. */
export function canInstall(machine: Machine, { chosenBy }: Daemon): boolean {
  return machine.debian && machine.root && chosenBy === undefined;
}

/** The problem if no daemon answers: the reason, and what to do. */
export function noDaemon(machine: Machine, { refusal = "", chosenBy }: Daemon): Problem {
  const what = `no Docker daemon answers (${refusal})`;
  if (chosenBy === undefined) return { what, todo: adviceFor(machine, refusal) };
  const undo = chosenBy.startsWith("docker")
    ? "docker context use default"
    : `unset ${chosenBy.split("=")[0]}`;
  return { what, where: chosenBy, todo: `start that daemon, or use this machine's own: ${undo}` };
}

function adviceFor(machine: Machine, refusal: string): string {
  if (/permission denied/i.test(refusal)) return "sudo usermod -aG docker $USER, then log in again";
  if (machine.os === "darwin") return "start Docker Desktop, or install it: https://docs.docker.com/desktop";
  if (machine.systemd)
    return "sudo systemctl start docker, or install it: https://docs.docker.com/engine/install";
  return "install and start Docker: https://docs.docker.com/engine/install";
}
