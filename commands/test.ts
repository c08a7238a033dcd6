import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import Mocha from "mocha";
import mochaOptions from "../.mocharc.json";
import { ROOT } from "../common/root";
import { runChecks } from "./lint/checks";

/** How many tests ended in which way. */
interface Result {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const command = new Command("npm test --")
  .description("Lint, types, and the tests: those without a cluster, then those on a real one of their own.")
  .option("--unit", "only the tests that need no cluster, several files at a time", false)
  .option("--full", "also what takes long: long loads, several nodes, browsers", false);

interface Options {
  readonly unit: boolean;
  readonly full: boolean;
}

export async function run({ unit, full }: Options): Promise<number> {
  const checks = unit ? { passed: 0, failed: 0 } : await runChecks();
  const tests = await runMocha(testFiles({ unit, full }), unit);
  const passed = checks.passed + tests.passed;
  const failed = checks.failed + tests.failed;
  const skipped = tests.skipped > 0 ? `, ${tests.skipped} skipped` : "";
  // The last line, whatever a test left open.
  process.on("exit", () => console.log(`${passed} passed, ${failed} failed${skipped}`));
  return failed > 0 ? 1 : 0;
}

/** The rooms' tests, then what tells the README's story on a real cluster, then what takes long. */
function testFiles({ unit, full }: Options): string[] {
  const files = readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .sort();
  const [e2e, rooms] = [
    files.filter((file) => /^(e2e|full)\//.test(file)),
    files.filter((file) => !/^(e2e|full)\//.test(file)),
  ];
  const chosen = unit ? rooms : [...rooms, ...e2e.filter((file) => full || file.startsWith("e2e/"))];
  return chosen.map((file) => join(ROOT, "test", file));
}

async function runMocha(files: readonly string[], unit: boolean): Promise<Result> {
  // Those on a cluster share it, and what they measure under load has to have the machine for itself.
  const jobs = unit ? availableParallelism() : 1;
  const mocha = new Mocha({ ...mochaOptions, reporter: "spec", parallel: jobs > 1, jobs });
  files.forEach((file) => mocha.addFile(file));
  const runner = await new Promise<Mocha.Runner>((resolve) => {
    const started: Mocha.Runner = mocha.run(() => resolve(started));
  });
  const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
  return { passed: passes, failed: failures, skipped: pending };
}
