import { Command } from "commander";
import { connectCluster } from "../cluster";
import { readEnvironment, type Environment } from "../cluster/connection/environment";
import { findContext } from "../cluster/connection/kubeconfig";
import { apisFor } from "../cluster/connection/kubernetes-client";
import { findProfile } from "../cluster/kinds/minikube/find-profile";
import { whyNoMetrics } from "../cluster/objects/autoscalers";
import { UserError } from "../common/problem";
import { examine, type Finding } from "../toolchain/doctor";
import { readMachine } from "../toolchain/machine";
import { columns } from "./terminal/columns";

export const command = new Command("npm run doctor --")
  .description("Says what is there, which version, from where, and what to do about what is missing.")
  .option("--context <name>", "the kube context of the cluster, as in the stack's config", "minikube")
  .addHelpText("after", "\nExit code 1 if something is missing.");

export async function run({ context }: { context: string }): Promise<number> {
  const machine = readMachine();
  const environment = readEnvironment(machine.env);
  const profile = await findProfile({ context }, environment);
  const findings = [node(), ...(await examine(machine, profile))];
  if (profile === undefined) findings.push(await elsewhere(context, environment));
  const clusterRuns = findings.at(-1)?.ok; // the last one is the cluster
  if (clusterRuns) findings.push(await metricsServer(context, environment));
  const lines = columns(findings.map(({ name, ok, detail }) => [`${ok ? "✔" : "✖"} ${name}`, detail]));
  findings.forEach(({ todo }, nth) => console.log([lines[nth], ...advice(todo)].join("\n")));
  return findings.every(({ ok }) => ok) ? 0 : 1;
}

function node(): Finding {
  return { name: "node", ok: true, detail: `${process.versions.node} (PATH) ${process.execPath}` };
}

/** Only an autoscaler needs metrics-server: it is fine if it isn't there. */
async function metricsServer(context: string, { kubeconfigs }: Environment): Promise<Finding> {
  const name = "metrics-server";
  const { client } = await findContext(kubeconfigs, context);
  const why = await whyNoMetrics(await apisFor(client), "default");
  if (why === undefined) return { name, ok: true, detail: "answers" };
  if (why === "missing") return { name, ok: true, detail: "missing; npm run up gets it for `autoscale`" };
  return { name, ok: false, detail: `doesn't answer: ${why}`, todo: "npm run up, which waits for it" };
}

/** A cluster that isn't minikube's. */
async function elsewhere(context: string, environment: Environment): Promise<Finding> {
  const name = `cluster ${context}`;
  try {
    const { client } = await connectCluster({ context }, environment);
    return { name, ok: true, detail: `answers at ${client.getCurrentCluster()?.server}` };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const [problem] = error.problems;
    return { name, ok: false, detail: problem?.what ?? "", todo: problem?.todo ?? "" };
  }
}

function advice(todo: string | undefined): string[] {
  return todo === undefined ? [] : [`    → ${todo}`];
}
