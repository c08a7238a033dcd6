import { Command } from "commander";
import { connectCluster } from "../cluster";
import { daemonOf } from "../cluster/connection/docker-command";
import { DEFAULT_CONTEXT, readEnvironment, type Environment } from "../cluster/connection/environment";
import { findContext } from "../cluster/connection/kubeconfig";
import { apisFor } from "../cluster/connection/kubernetes-client";
import { registryStore } from "../cluster/kinds";
import { findProfile } from "../cluster/kinds/minikube/find-profile";
import { whyNoMetrics } from "../cluster/objects/autoscalers";
import { UserError } from "../common/problem";
import { ROOT } from "../common/root";
import { DEFAULT_STACK, forStack } from "../common/stack-hints";
import { examine, type Finding } from "../toolchain/doctor";
import { readMachine } from "../toolchain/machine";
import { findStackFile } from "./state/stack-file";
import { columns } from "./terminal/columns";

export const command = new Command("npm run doctor --")
  .description("Shows which tools there are, with version and origin, and what to do about missing ones.")
  .option("--stack <name>", "the stack whose cluster and registry are checked", DEFAULT_STACK)
  .addHelpText("after", "\nExit code 1 if something is missing.");

export async function run({ stack }: { stack: string }): Promise<number> {
  const machine = readMachine();
  const environment = readEnvironment(machine.env);
  const { context, registry } = findStackFile(ROOT, stack) ?? { context: DEFAULT_CONTEXT };
  const profile = await findProfile({ context }, environment);
  const findings = [node(), ...(await examine(machine, profile))];
  if (profile === undefined) findings.push(await otherCluster(context, environment));
  const clusterRuns = findings.at(-1)?.ok; // the last finding is the cluster
  if (clusterRuns) findings.push(await metricsServer(context, profile, environment));
  if (registry !== undefined) findings.push(await examineRegistry(registry, environment));
  const lines = columns(findings.map(({ name, ok, detail }) => [`${ok ? "✔" : "✖"} ${name}`, detail]));
  const report = findings.flatMap(({ todo }, nth) => [lines[nth], ...advice(todo)]).join("\n");
  console.log(forStack(report, stack));
  return findings.every(({ ok }) => ok) ? 0 : 1;
}

function node(): Finding {
  return { name: "node", ok: true, detail: `${process.versions.node} (PATH) ${process.execPath}` };
}

/** Checks metrics-server. It may be missing: only an autoscaler needs it. */
export async function metricsServer(
  context: string,
  profile: string | undefined,
  { kubeconfigs }: Environment,
): Promise<Finding> {
  const name = "metrics-server";
  const { client } = await findContext(kubeconfigs, context);
  const why = await whyNoMetrics(await apisFor(client), "default");
  if (why === undefined) return { name, ok: true, detail: "answers" };
  const isMinikube = profile !== undefined;
  if (why === "missing") {
    const whatFor = isMinikube ? "npm run up installs it for `autoscale`" : "only `autoscale` needs it";
    return { name, ok: true, detail: `missing; ${whatFor}` };
  }
  const todo = isMinikube
    ? "npm run up, which waits for it"
    : `kubectl --context ${context} describe apiservice v1beta1.metrics.k8s.io`;
  return { name, ok: false, detail: `doesn't answer: ${why}`, todo };
}

/** Checks a cluster that isn't minikube's. */
function otherCluster(context: string, environment: Environment): Promise<Finding> {
  return check(`cluster ${context}`, async () => {
    const { client } = await connectCluster({ context }, environment);
    return `answers at ${client.getCurrentCluster()?.server}`;
  });
}

function examineRegistry(registry: string, environment: Environment): Promise<Finding> {
  return check(`registry ${registry}`, async () => {
    const builder = await daemonOf(environment.docker);
    const hasCredentials = await registryStore(registry, builder, environment).check();
    return hasCredentials
      ? "answers, and takes the credentials of docker login"
      : "answers, without credentials";
  });
}

/** Runs a check. A UserError becomes a finding. @param ask returns the detail if all is well */
async function check(name: string, ask: () => Promise<string>): Promise<Finding> {
  try {
    return { name, ok: true, detail: await ask() };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const [problem] = error.problems;
    return { name, ok: false, detail: problem?.what ?? "", todo: problem?.todo ?? "" };
  }
}

function advice(todo: string | undefined): string[] {
  return todo === undefined ? [] : [`    → ${todo}`];
}
