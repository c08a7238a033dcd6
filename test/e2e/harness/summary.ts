import type { Report } from "../../../commands/load/generator";

/** What one run of an event cost. */
type Run = { readonly event: string } & Pick<Report, "requests" | "failed" | "latencyMs">;

const runs: Run[] = [];

/** Prints what an event cost, and keeps it for the table at the end. */
export function note(run: Run): void {
  runs.push(run);
  console.log(`      ${run.requests} requests, ${run.failed} failed, the slowest took ${slowest([run])} ms`);
}

// A hook of the root suite: it runs after the last test.
after("the table of what was lost", () => {
  if (runs.length > 0) console.log(`\n${table()}\n`);
});

function table(): string {
  const events = [...new Set(runs.map(({ event }) => event))];
  const rows = events.map((event) => {
    const those = runs.filter((run) => run.event === event);
    return [event, those.length, sum(those, "requests"), sum(those, "failed"), slowest(those)].map(String);
  });
  const all = [["event", "runs", "requests", "failed", "slowest ms"], ...rows];
  const width = (column: number) => Math.max(...all.map((row) => row[column]?.length ?? 0));
  return all
    .map((row) =>
      row.map((cell, i) => (i === 0 ? cell.padEnd(width(i)) : cell.padStart(width(i)))).join("  "),
    )
    .join("\n");
}

function sum(those: readonly Run[], what: "requests" | "failed"): number {
  return those.reduce((total, run) => total + run[what], 0);
}

function slowest(those: readonly Run[]): number {
  return Math.round(Math.max(...those.map(({ latencyMs }) => latencyMs?.max ?? 0)));
}
