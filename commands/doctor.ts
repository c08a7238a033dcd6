import { Command } from "commander";
import { examine, type Finding } from "../toolchain/doctor";
import { readMachine } from "../toolchain/machine";
import { main } from "./terminal/main";

const { profile } = new Command("npm run doctor --")
  .description("Says what is there, which version, from where, and what to do about what is missing.")
  .option("--profile <name>", "the minikube profile to look at", "minikube")
  .addHelpText("after", "\nExit code 1 where something is missing.")
  .parse()
  .opts<{ profile: string }>();

void main(async () => {
  const findings = [node(), ...(await examine(readMachine(), profile))];
  const width = Math.max(...findings.map(({ name }) => name.length));
  for (const finding of findings) console.log(line(finding, width));
  if (findings.some(({ ok }) => !ok)) process.exitCode = 1;
});

function node(): Finding {
  return { name: "node", ok: true, detail: `${process.versions.node} (PATH) ${process.execPath}` };
}

function line({ name, ok, detail, todo }: Finding, width: number): string {
  const advice = todo === undefined ? "" : `\n  ${" ".repeat(width)}  → ${todo}`;
  return `${ok ? "✔" : "✖"} ${name.padEnd(width)}  ${detail}${advice}`;
}
