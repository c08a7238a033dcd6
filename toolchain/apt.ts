import { run } from "./command";
import type { Machine } from "./machine";
import type { Say } from "./step";

/** No questions; a fresh machine's own updates, which hold the lock, are waited for. */
const INSTALL = ["install", "-y", "-q", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120"];

/**
 * Installs packages with apt-get, on Debian and Ubuntu as root, its lists made fresh first. What an interrupted
 * install left is finished.
 *
 * @throws CommandError if apt-get or dpkg fails
 */
export async function installPackages(
  { env: base }: Machine,
  packages: readonly string[],
  say: Say,
): Promise<void> {
  const env = { ...base, DEBIAN_FRONTEND: "noninteractive" };
  await run("dpkg", ["--configure", "-a"], { env, say });
  say("apt-get update");
  await run("apt-get", ["update", "-q"], { env, say });
  say(`apt-get install ${packages.join(" ")}`);
  await run("apt-get", [...INSTALL, ...packages], { env, say });
}
