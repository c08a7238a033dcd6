import { join } from "node:path";
import { attempt } from "../../toolchain/command";
import { ROOT } from "../../common/root";

const rooms = ["service", "common", "cluster", "infra", "toolchain", "commands", "test"];

/** What reads the code without running it, by npm's executables. */
const CHECKS: Readonly<Record<string, readonly string[]>> = {
  lint: ["eslint", ".", "--max-warnings=0"],
  format: ["prettier", "--check", "."],
  types: ["tsc", "--noEmit", "-p", "."],
  imports: ["depcruise", "--output-type", "err", ...rooms],
};

/** Runs lint, format and types side by side, and prints the output of those that fail. */
export async function runChecks(): Promise<{ passed: number; failed: number; skipped: number }> {
  const results = await Promise.all(Object.entries(CHECKS).map(([name, command]) => runCheck(name, command)));
  const passed = results.filter((ok) => ok).length;
  return { passed, failed: results.length - passed, skipped: 0 };
}

async function runCheck(name: string, [executable = "", ...args]: readonly string[]): Promise<boolean> {
  const { exitCode, output } = await attempt(join(ROOT, "node_modules", ".bin", executable), args, {
    cwd: ROOT,
  });
  console.log(exitCode === 0 ? `✔ ${name}` : `✖ ${name}\n${output}`);
  return exitCode === 0;
}
