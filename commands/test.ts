import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, sep } from "node:path";
import { Command } from "commander";
import Mocha from "mocha";
import mochaOptions from "../.mocharc.json";
import { ROOT } from "../common/root";
import { ensureDocker } from "../toolchain/docker";
import { readMachine } from "../toolchain/machine";
import { runChecks } from "./lint";
import { notice } from "./terminal/steps";

/** Test files that run at the same time: the tests wait for processes and time limits longer than they compute. */
const UNIT_JOBS = 2 * availableParallelism();

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
  const results = unit ? [] : [await runChecks()];
  // The tests on a cluster need it, and some of those without one are skipped without it.
  if (!unit) await ensureDocker(readMachine(), notice).catch(() => undefined);
  results.push(
    await runMocha(
      testFiles((folder) => folder !== "e2e" && folder !== "full"),
      UNIT_JOBS,
    ),
  );
  // One file at a time: they share a cluster, and what they measure under load needs the machine for itself.
  if (!unit)
    results.push(
      await runMocha(
        testFiles((folder) => folder === "e2e" || (full && folder === "full")),
        1,
      ),
    );
  const sum = (key: keyof Result) => results.reduce((total, result) => total + result[key], 0);
  const skipped = sum("skipped") > 0 ? `, ${sum("skipped")} skipped` : "";
  // The last line, also if a test left something open.
  process.on("exit", () => console.log(`${sum("passed")} passed, ${sum("failed")} failed${skipped}`));
  return sum("failed") > 0 ? 1 : 0;
}

/** The test files in some of the folders of `test/`. */
function testFiles(chosen: (folder: string) => boolean): string[] {
  return readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts") && chosen(file.split(sep)[0] ?? ""))
    .sort()
    .map((file) => join(ROOT, "test", file));
}

async function runMocha(files: readonly string[], jobs: number): Promise<Result> {
  // Mocha's command and its workers load these modules themselves. Those before tsx would take twice as long after it.
  if (jobs === 1) for (const module of mochaOptions.require) await import(module);
  const mocha = new Mocha({ ...mochaOptions, reporter: "spec", parallel: jobs > 1, jobs });
  files.forEach((file) => mocha.addFile(file));
  const runner = await new Promise<Mocha.Runner>((resolve) => {
    const started: Mocha.Runner = mocha.run(() => resolve(started));
  });
  const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
  return { passed: passes, failed: failures, skipped: pending };
}
