import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { chmod, copyFile, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomically } from "../../common/atomic-write";
import { poll } from "../../common/poll";
import { UserError } from "../../common/problem";
import { which } from "../acquire/path";
import { installPackages } from "../apt";
import { run } from "../command";
import type { Machine } from "../machine";
import type { Say } from "../step";
import { ROOT } from "../../common/root";

/** Docker, and the programs that its networks need. */
const PACKAGES = ["docker.io", "iptables", "iproute2"];

/** How long the daemon may take to start, in milliseconds. Restoring containers takes long. */
const START_TIMEOUT_MS = 90_000;
const POLL_MS = 500;

const DAEMON_CONFIG = "/etc/docker/daemon.json";
const DAEMON_LOG = "/var/log/dockerd.log";
const WRAPPER = "/usr/local/sbin/runc-without-sys-resource";

/** Installs Docker from Debian's or Ubuntu's packages, and configures it if the machine needs that. */
export async function installEngine(machine: Machine, say: Say): Promise<void> {
  if (dockerd(machine.env) === undefined) await installPackages(machine, PACKAGES, say);
  await configureEngine(machine, say);
}

/** Finds the daemon's executable. Debian puts it into /usr/sbin, which PATH may lack. */
function dockerd({ PATH = "" }: NodeJS.ProcessEnv): string | undefined {
  return which("dockerd", `${PATH}:/usr/sbin`);
}

/**
 * Writes the daemon's configuration if this machine needs one. With cgroup v1, each container gets a cgroup namespace,
 * which systemd in a node needs. Without CAP_SYS_RESOURCE, runc gets a wrapper. Doesn't change an existing configuration.
 */
async function configureEngine(machine: Machine, say: Say): Promise<void> {
  if (existsSync(DAEMON_CONFIG) || !(machine.cgroupV1 || machine.lacksSysResource)) return;
  const config: Record<string, unknown> = {};
  if (machine.cgroupV1) config["default-cgroupns-mode"] = "private";
  if (machine.lacksSysResource) {
    say("this machine lacks CAP_SYS_RESOURCE: installing a wrapper for runc");
    if (which("jq", machine.env.PATH ?? "") === undefined) await installPackages(machine, ["jq"], say);
    await copyFile(join(ROOT, "toolchain/docker/runc-without-sys-resource"), WRAPPER);
    await chmod(WRAPPER, 0o755);
    config.runtimes = { softened: { path: WRAPPER } };
    config["default-runtime"] = "softened";
  }
  writeAtomically(DAEMON_CONFIG, `${JSON.stringify(config, null, 2)}\n`);
}

/**
 * Starts the daemon and waits until it answers.
 *
 * @param askVersion asks the daemon for its version; undefined if it doesn't answer
 * @returns the version
 * @throws UserError with the end of the daemon's log, if it doesn't answer in time
 */
export async function startEngine(
  machine: Machine,
  say: Say,
  askVersion: () => Promise<string | undefined>,
): Promise<string> {
  say("starting the Docker daemon");
  if (machine.systemd) await run("systemctl", ["enable", "--now", "docker"], { env: machine.env, say });
  else await startDetached(machine);
  const version = await poll({ withinMs: START_TIMEOUT_MS, everyMs: POLL_MS }, askVersion);
  if (version !== undefined) return version;
  throw new UserError({
    what: `The Docker daemon does not answer after ${START_TIMEOUT_MS / 1000} s`,
    ...(machine.systemd
      ? { where: "docker.service", todo: "journalctl --unit=docker --lines=20" }
      : { where: DAEMON_LOG, todo: `read the end of that log:\n${tailOf(DAEMON_LOG)}` }),
  });
}

/** Starts the daemon without systemd. It outlives this process and writes a log. */
async function startDetached({ env }: Machine): Promise<void> {
  await removeStalePid("/var/run/docker.pid", "dockerd");
  await removeStalePid("/var/run/docker/containerd/containerd.pid", "containerd");
  const log = await open(DAEMON_LOG, "a");
  const daemon = spawn(dockerd(env) ?? "dockerd", [], {
    env,
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
  });
  await once(daemon, "spawn");
  daemon.unref();
  await log.close();
}

/** Removes the pid file of a killed daemon: the next daemon doesn't start if another process has that pid by now. */
async function removeStalePid(file: string, name: string): Promise<void> {
  if (!existsSync(file)) return;
  const comm = `/proc/${readFileSync(file, "utf8").trim()}/comm`;
  if (!existsSync(comm) || readFileSync(comm, "utf8").trim() !== name) await rm(file, { force: true });
}

function tailOf(file: string): string {
  const lines = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  return lines.slice(-10).join("\n");
}
