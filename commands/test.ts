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

/** Test files that run at the same time. More than processors: the tests mostly wait for processes and timers. */
const UNIT_JOBS = 2 * availableParallelism();

/** How many tests have passed, failed and were skipped. */
interface Result {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const command = new Command("npm test --")
  .description("Checks the code, then runs the tests: those without a cluster, then those on a real cluster.")
  .option("--unit", "only the unit tests: no cluster, no Pulumi engine, several files at a time", false)
  .option("--full", "also the long tests: long loads, several nodes, browsers", false);

interface Options {
  readonly unit: boolean;
  readonly full: boolean;
}

export async function run({ unit, full }: Options): Promise<number> {
  const results = unit ? [] : [await runChecks()];
  // Tests on a cluster need Docker, and some of the others are skipped without it.
  if (!unit) await ensureDocker(readMachine(), notice).catch(() => undefined);
  results.push(
    await runMocha(
      testFiles((folder) => folder !== "e2e" && folder !== "full" && !(unit && folder === "engine")),
      UNIT_JOBS,
    ),
  );
  // One file at a time: they share a cluster, and measurements under load need the machine for themselves.
  if (!unit)
    results.push(
      await runMocha(
        testFiles((folder) => folder === "e2e" || (full && folder === "full")),
        1,
      ),
    );
  const sum = (key: keyof Result) => results.reduce((total, result) => total + result[key], 0);
  const skipped = sum("skipped") > 0 ? `, ${sum("skipped")} skipped` : "";
  // The last line, even if a test leaves something open.
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
  // Mocha's command and its workers load these modules themselves. In this order: tsx would slow the others down.
  if (jobs === 1) for (const module of mochaOptions.require) await import(module);
  const mocha = new Mocha({ ...mochaOptions, reporter: "spec", parallel: jobs > 1, jobs });
  files.forEach((file) => mocha.addFile(file));
  const runner = await new Promise<Mocha.Runner>((resolve) => {
    const started: Mocha.Runner = mocha.run(() => resolve(started));
  });
  const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
  return { passed: passes, failed: failures, skipped: pending };
}
