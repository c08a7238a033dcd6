import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import envPaths from "env-paths";
import { minikubeHome, undoDockerEnv } from "../common/minikube-environment";
import { UserError } from "../common/problem";

/** The machine that the toolchain runs on. It is read once and passed on. */
export interface Machine {
  /** The name in Go and in most releases' file names. */
  readonly os: "linux" | "darwin";
  readonly arch: "amd64" | "arm64";
  readonly root: boolean;
  /** Debian or Ubuntu: the toolchain can install packages. */
  readonly debian: boolean;
  /** Root lacks CAP_SYS_RESOURCE: runc needs a wrapper, see docker/runc-without-sys-resource. */
  readonly lacksSysResource: boolean;
  readonly cgroupV1: boolean;
  readonly systemd: boolean;
  /** The project's cache, which all checkouts share: tools by version. */
  readonly cacheDir: string;
  /** Pulumi's home: CLI versions and plugins, where `npx pulumi` looks for them. */
  readonly pulumiHome: string;
  /** minikube's home: profiles, certificates, cached images. */
  readonly minikubeHome: string;
  /** The environment for tools. */
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Reads the machine.
 *
 * @param env the environment. Only this function reads it
 * @throws UserError on an operating system or processor without a release of minikube's docker driver
 */
export function readMachine(env: NodeJS.ProcessEnv = process.env): Machine {
  const home = env.HOME || homedir();
  return {
    os: operatingSystem(),
    arch: architecture(),
    root: process.getuid?.() === 0,
    debian: /^(ID|ID_LIKE)=.*\b(debian|ubuntu)\b/m.test(read("/etc/os-release")),
    lacksSysResource: lacksCapability(read("/proc/self/status"), CAP_SYS_RESOURCE),
    cgroupV1: existsSync("/sys/fs/cgroup") && !existsSync("/sys/fs/cgroup/cgroup.controllers"),
    systemd: existsSync("/run/systemd/system"),
    cacheDir: resolve(env.KOA_ON_MINIKUBE_CACHE || envPaths("koa-on-minikube", { suffix: "" }).cache),
    pulumiHome: resolve(env.PULUMI_HOME || join(home, ".pulumi")),
    minikubeHome: minikubeHome(env.MINIKUBE_HOME, home),
    // minikube and docker need HOME, which a container or a service may lack.
    env: env.HOME ? undoDockerEnv(env) : { ...undoDockerEnv(env), HOME: home },
  };
}

/** The bit of CAP_SYS_RESOURCE in a capability set: see capabilities(7) and linux/capability.h. */
const CAP_SYS_RESOURCE = 24n;

function lacksCapability(status: string, bit: bigint): boolean {
  const bounding = /^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  return bounding !== undefined && ((BigInt(`0x${bounding}`) >> bit) & 1n) === 0n;
}

function operatingSystem(): Machine["os"] {
  if (process.platform === "linux" || process.platform === "darwin") return process.platform;
  throw new UserError({
    what: `This operating system (${process.platform}) is not supported`,
    allowed: "Linux, macOS, Windows with WSL 2",
    todo: "on Windows, run the same command in a WSL 2 shell",
  });
}

function architecture(): Machine["arch"] {
  if (process.arch === "x64") return "amd64";
  if (process.arch === "arm64") return "arm64";
  throw new UserError({
    what: `This processor (${process.arch}) is not supported`,
    allowed: "x64, arm64",
    todo: "use a machine with one of these",
  });
}

function read(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}
