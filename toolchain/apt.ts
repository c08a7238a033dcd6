import { CommandError, run } from "./command";
import type { Machine } from "./machine";
import type { Say } from "./step";

/** Without questions, with a second try of failed downloads, and waiting for a new machine's own updates, which hold the lock. */
const OPTIONS = ["-q", "-o", "Acquire::Retries=3", "-o", "DPkg::Lock::Timeout=120"];

/**
 * Installs packages with apt-get, on Debian and Ubuntu as root. It finishes what an interrupted install left, and
 * updates the package lists first.
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
  await updateLists(env, say);
  say(`apt-get install ${packages.join(" ")}`);
  await run("apt-get", ["install", "-y", "--no-install-recommends", ...OPTIONS, ...packages], { env, say });
}

/** One unreachable source fails the whole update, although the packages may be in another source, or listed already. */
async function updateLists(env: NodeJS.ProcessEnv, say: Say): Promise<void> {
  say("apt-get update");
  try {
    await run("apt-get", ["update", ...OPTIONS], { env, say });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const reason = error.tail.split("\n").find((line) => line.startsWith("E:")) ?? "it failed";
    say(`apt-get update: ${reason} Installing with the existing package lists.`, "notice");
  }
}
