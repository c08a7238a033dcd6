import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../../common/problem";
import { makeFolder, TEMPORARY } from "../../acquire/cache";
import { which } from "../../acquire/path";
import { run } from "../../command";
import { installPackages } from "../../apt";
import type { Machine } from "../../machine";
import type { Say } from "../../step";
import { hasImage } from "../image-build";

/** The packages of a node: systemd, Docker, ssh, and the programs that minikube, kubelet and kube-proxy call. */
const PACKAGES =
  "systemd,systemd-sysv,dbus,docker.io,docker-cli,openssh-server,sudo,iptables,iproute2,iputils-ping,conntrack,ethtool," +
  "socat,kmod,curl,jq,ca-certificates,procps,psmisc,util-linux,mount,nfs-common,lsb-release,gnupg,rsync,tar," +
  "gzip,lz4,xz-utils,containernetworking-plugins,catatonit";

/** Debian 13. Change this name when {@link PACKAGES} or the release changes: the image is cached by its name. */
export const DEBIAN_BASE = "koa-on-minikube/debian:trixie-1";

/** Whether {@link ensureDebianBase} can succeed: the image exists, or this user can build it. */
export async function canMakeDebianBase(machine: Machine): Promise<boolean> {
  return (machine.debian && machine.root) || (await hasImage(DEBIAN_BASE, machine.env));
}

/**
 * Builds the base of the node image from Debian's packages, with the machine's apt sources.
 *
 * @throws UserError if this user can't run debootstrap
 */
export async function ensureDebianBase(machine: Machine, say: Say): Promise<void> {
  if (await hasImage(DEBIAN_BASE, machine.env)) return;
  if (!machine.debian || !machine.root) {
    throw new UserError({
      what: "minikube's node image does not run here, and only root on Debian or Ubuntu can build another one",
      todo: "sudo npm run up on Debian or Ubuntu; or use a machine whose root has CAP_SYS_RESOURCE (CapBnd in /proc/self/status)",
    });
  }
  if (which("debootstrap", `${machine.env.PATH ?? ""}:/usr/sbin`) === undefined) {
    await installPackages(machine, ["debootstrap"], say);
  }
  await makeFolder(machine.cacheDir, true);
  const folder = await mkdtemp(join(machine.cacheDir, `${TEMPORARY}debian-`));
  try {
    await bootstrap(machine, join(folder, "root"), say);
    await importImage(machine, join(folder, "root"), join(folder, "root.tar"), say);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs debootstrap in its own mount namespace: its mounts are gone when it ends, however it ends. */
async function bootstrap({ env }: Machine, root: string, say: Say): Promise<void> {
  const args = ["--mount", "debootstrap", "--variant=minbase", `--include=${PACKAGES}`, "trixie", root];
  await run("unshare", args, { env, say });
}

async function importImage({ env }: Machine, root: string, archive: string, say: Say): Promise<void> {
  say("importing the Debian base into Docker");
  const excluded = ["dev", "proc", "sys", "var/cache/apt/archives", "var/lib/apt/lists"];
  await run("tar", ["-C", root, ...excluded.map((dir) => `--exclude=./${dir}/*`), "-cf", archive, "."], {
    env,
  });
  await run("docker", ["import", archive, DEBIAN_BASE], { env });
}
