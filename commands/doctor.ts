import { Command } from "commander";
import { readEnvironment } from "../cluster/connection/environment";
import { findProfile } from "../cluster/kinds/minikube/find-profile";
import { examine, type Finding } from "../toolchain/doctor";
import { readMachine } from "../toolchain/machine";
import { columns } from "./terminal/columns";

export const command = new Command("npm run doctor --")
  .description("Says what is there, which version, from where, and what to do about what is missing.")
  .option("--context <name>", "the kube context of the cluster, as in the stack's config", "minikube")
  .addHelpText("after", "\nExit code 1 if something is missing.");

export async function run({ context }: { context: string }): Promise<number> {
  const machine = readMachine();
  const profile = await findProfile(context, readEnvironment(machine.env));
  const findings = [node(), ...(await examine(machine, profile))];
  const lines = columns(findings.map(({ name, ok, detail }) => [`${ok ? "✔" : "✖"} ${name}`, detail]));
  findings.forEach(({ todo }, nth) => console.log([lines[nth], ...advice(todo)].join("\n")));
  return findings.every(({ ok }) => ok) ? 0 : 1;
}

function node(): Finding {
  return { name: "node", ok: true, detail: `${process.versions.node} (PATH) ${process.execPath}` };
}

function advice(todo: string | undefined): string[] {
  return todo === undefined ? [] : [`    → ${todo}`];
}
