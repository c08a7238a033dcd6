import { writeFile } from "node:fs/promises";
import { arch, cpus, loadavg, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { Values } from "../../commands/terminal/values";
import { UserError } from "../../common/problem";
import { ROOT } from "../../common/root";
import { measureCompose } from "./compose";
import { measureDeploying } from "./deploying";
import {
  deployingGoals,
  growthGoals,
  judge,
  memoryGoals,
  savingGoals,
  servingGoals,
  type Goal,
  type Verdict,
} from "./goals";
import { measureGrowth } from "./growth";
import { resultTable, verdictTable, writeSection } from "./markdown";
import { picture } from "./picture";
import { inWorld, type World } from "./place";
import { measureSaving } from "./saving";
import { measureMemory, measureServing } from "./serving";
import { Sheet } from "./sheet";

/** A part of a page, which one run measures as a whole. */
interface Section {
  /** The file in docs/ that has the section's markers. */
  readonly page: string;
  readonly goals: readonly Goal[];
  /** Fills the sheet. @returns what else the page should say, in Markdown */
  readonly measure: (world: World, rounds: number, sheet: Sheet) => Promise<string | void>;
}

const page = "benchmarks.md";

const sections: Readonly<Record<string, Section>> = {
  deploying: { page, goals: deployingGoals, measure: measureDeploying },
  saving: { page, goals: savingGoals, measure: measureSaving },
  serving: { page, goals: servingGoals, measure: measureServing },
  memory: { page, goals: memoryGoals, measure: measureMemory },
  compose: { page: "from-compose.md", goals: [], measure: measureCompose },
  growth: { page, goals: growthGoals, measure: measureGrowth },
};

const DOCS = join(ROOT, "docs");

export const command = new Command("npm run bench --")
  .description("Measures, and writes the figures into docs/: on a stack of its own, of which nothing stays.")
  .option("--rounds <number>", "how often everything is measured, in turn", "5")
  .option("--only <section>", `one of ${Object.keys(sections).join(", ")}; else all of them`)
  .option("--context <name>", "the kube context of the running minikube cluster", "minikube")
  .option("--check", "exit code 1 if a goal is missed", false);

interface Options {
  readonly rounds: string;
  readonly only?: string;
  readonly context: string;
  readonly check: boolean;
}

export async function run(options: Options): Promise<number> {
  const values = new Values("npm run bench");
  const rounds = values.number("--rounds", options.rounds, [1, 100]);
  values.check();
  const chosen = Object.entries(sections).filter(([name]) => name === (options.only ?? name));
  if (chosen.length === 0) {
    throw new UserError({
      what: `There is no section ${options.only}.`,
      allowed: Object.keys(sections).join(", "),
      todo: "npm run bench -- --help",
    });
  }
  const verdicts: Verdict[] = [];
  await inWorld(options.context, async (world) => {
    for (const [name, section] of chosen) verdicts.push(...(await runSection(name, section, world, rounds)));
  });
  const missed = verdicts.filter(({ met }) => !met);
  console.log(verdictTable(verdicts));
  console.log(`\n${verdicts.length - missed.length} of ${verdicts.length} goals met`);
  return options.check && missed.length > 0 ? 1 : 0;
}

async function runSection(name: string, section: Section, world: World, rounds: number): Promise<Verdict[]> {
  console.error(`${name}:`);
  const start = new Date();
  const conditions = describeMachine(start, rounds);
  const sheet = new Sheet((line) => console.error(`  ${line}`));
  const more = (await section.measure(world, rounds, sheet)) ?? "";
  const verdicts = judge(section.goals, sheet);
  const minutes = Math.ceil((Date.now() - start.getTime()) / 60_000);
  const svg = `benchmarks-${name}.svg`;
  await writeFile(join(DOCS, svg), picture(sheet));
  const text = [
    `${conditions} It took ${minutes} min; the widest spread of a case was ${widest(sheet)}.`,
    ...sheet.missing,
    resultTable(sheet),
    more,
    `![The medians of the table as bars.](${svg})`,
    verdicts.length > 0 ? verdictTable(verdicts) : "",
  ];
  await writeSection(join(DOCS, section.page), name, text.filter((part) => part !== "").join("\n\n"));
  return verdicts;
}

/** What the figures depend on, at the start of a run. */
function describeMachine(start: Date, rounds: number): string {
  const [load = 0] = loadavg();
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return (
    `Measured at ${start.toISOString()} in ${rounds} ${rounds === 1 ? "round" : "rounds"}, on ${cpus().length} × ${cpu?.model.trim()} ` +
    `(${type()} ${release()}, ${arch()}, ${memory} GiB, Node.js ${process.version}). Load average before it: ${load.toFixed(2)}.`
  );
}

function widest(sheet: Sheet): string {
  const spreads = sheet.cases.flatMap((what) =>
    sheet.contenders.flatMap((who) => sheet.summary(what, who)?.spread ?? []),
  );
  return `${Math.round(100 * Math.max(0, ...spreads))} % of its median`;
}
