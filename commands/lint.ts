import { Command } from "commander";
import { runChecks } from "./lint/checks";

export const command = new Command("npm run lint --").description(
  "Reads the code without running it: lint, format and types.",
);

export async function run(): Promise<number> {
  return (await runChecks()).failed > 0 ? 1 : 0;
}
