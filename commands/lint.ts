import { join } from "node:path";
import { Command } from "commander";
import { ROOT } from "../common/root";
import { attempt } from "../toolchain/command";

const rooms = ["service", "common", "cluster", "infra", "toolchain", "commands", "test"];

/** The executable of each check, in node_modules/.bin, and its arguments. */
const CHECKS: Readonly<Record<string, readonly string[]>> = {
  lint: ["eslint", ".", "--max-warnings=0"],
  format: ["prettier", "--check", "."],
  types: ["tsc", "--noEmit", "-p", "."],
  imports: ["depcruise", "--output-type", "err", ...rooms],
};

export const command = new Command("npm run lint --").description(
  "Checks the code without running it: lint, format, types and imports.",
);

export async function run(): Promise<number> {
  return (await runChecks()).failed > 0 ? 1 : 0;
}

/** Runs the checks side by side, and prints the output of those that fail. */
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
