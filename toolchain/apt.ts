import { CommandError, run } from "./command";
import type { Machine } from "./machine";
import type { Say } from "./step";

/** Retries failed downloads, and waits for the lock, which a new machine's own updates may hold. */
const OPTIONS = ["-q", "-o", "Acquire::Retries=3", "-o", "DPkg::Lock::Timeout=120"];

/**
 * Installs packages with apt-get, on Debian and Ubuntu as root. First, finishes an interrupted install and updates the
 * package lists.
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

/** Updates the package lists. A failure is only a notice: the packages may be in another source, or listed already. */
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
