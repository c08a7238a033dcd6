import { join } from "node:path";
import { poll } from "../../common/poll";
import { UserError } from "../../common/problem";
import { attempt, run, type Ending } from "../command";
import type { Say } from "../step";
import type { Found } from "../tool";
import type { Minikube } from "./minikube";
import { isMadeHere } from "./profile";
import { whyUnreachable } from "./registry";

/** The registry from which minikube's addon pulls metrics-server. */
const REGISTRY = "https://registry.k8s.io";
/** How often metrics-server measures: its default, not the 60 s of minikube's addon, so that a spike is seen sooner. */
const RESOLUTION = "--metric-resolution=15s";
/** How long metrics-server may take to start and to measure twice, in milliseconds. */
const ANSWER_MS = 120_000;

const DEPLOYMENT = ["deployment/metrics-server", "--namespace=kube-system"];

type Ask = (...args: string[]) => Promise<Ending>;

/** A running minikube cluster, and its context in the kubeconfig. */
export interface RunningProfile {
  readonly profile: string;
  readonly context: string;
}

/**
 * Ensures that metrics-server answers, for an autoscaler. Uses minikube's addon, and builds its image if it can't be
 * pulled. Doesn't change a metrics-server that answers, unless `npm run up` made the cluster.
 *
 * @returns what was done, in a few words
 * @throws UserError if metrics-server doesn't answer in time
 */
export async function ensureMetricsServer(
  minikube: Minikube,
  kubectl: Found,
  { profile, context }: RunningProfile,
  say: Say,
  registry = REGISTRY,
): Promise<string> {
  const ask: Ask = (...args) =>
    attempt(join(kubectl.dir, "kubectl"), ["--context", context, ...args], { env: minikube.machine.env });
  const answers = async () =>
    (await ask("get", "--raw", "/apis/metrics.k8s.io/v1beta1/nodes")).exitCode === 0 || undefined;
  const answered = await answers();
  if (!answered) await enableAddon(minikube, profile, say, registry);
  if (!answered || (await isMadeHere(minikube.machine, profile))) await measureOften(ask);
  if (answered) return "answers";
  say("waiting until metrics-server answers");
  await ask("rollout", "status", ...DEPLOYMENT, `--timeout=${ANSWER_MS / 1000}s`);
  await endEarlyConnections(minikube, profile, ask);
  if (await poll({ withinMs: ANSWER_MS, everyMs: 1_000 }, answers)) return "enabled";
  throw new UserError({
    what: `metrics-server doesn't answer within ${ANSWER_MS / 1000} s`,
    where: `kubectl --context ${context} -n kube-system describe pods -l k8s-app=metrics-server`,
    todo: `minikube -p ${profile} addons disable metrics-server, then npm run up`,
  });
}

async function enableAddon(
  { file, machine }: Minikube,
  profile: string,
  say: Say,
  registry: string,
): Promise<void> {
  const minikube = (...args: string[]) => run(file, ["-p", profile, ...args], { env: machine.env, say });
  const reason = await whyUnreachable(registry, "patiently");
  if (reason === undefined) {
    await minikube("addons", "enable", "metrics-server");
    return;
  }
  say(`${reason}: building metrics-server from source`, "notice");
  const { makeMetricsServer } = await import("../offline/index.js");
  const image = await makeMetricsServer(machine, say);
  await minikube("image", "load", image);
  // minikube requires a registry. It is never asked: the node has the image.
  const own = [`--images=MetricsServer=${image}`, "--registries=MetricsServer=docker.io"];
  await minikube("addons", "enable", "metrics-server", ...own);
}

/** Sets the resolution. Each start of the node applies the addon again, with minikube's resolution. */
async function measureOften(ask: Ask): Promise<void> {
  const path = "/spec/template/spec/containers/0/args";
  const { stdout } = await ask("get", ...DEPLOYMENT, "-o=jsonpath={.spec.template.spec.containers[0].args}");
  const args = stdout === "" ? [] : (JSON.parse(stdout) as string[]);
  const index = args.findIndex((arg) => arg.startsWith("--metric-resolution="));
  if (index < 0 || args[index] === RESOLUTION) return;
  const patch = [{ op: "replace", path: `${path}/${index}`, value: RESOLUTION }];
  await ask("patch", ...DEPLOYMENT, "--type=json", `--patch=${JSON.stringify(patch)}`);
}

/**
 * Ends the API server's early connections to metrics-server. It connects before kube-proxy has its rules, and keeps a
 * connection that something else has answered, for example a transparent proxy. Without its conntrack entry, it ends.
 */
async function endEarlyConnections({ file, machine }: Minikube, profile: string, ask: Ask): Promise<void> {
  const { stdout } = await ask(
    "get",
    "service/metrics-server",
    "--namespace=kube-system",
    "-o=jsonpath={.spec.clusterIP}",
  );
  const command = `sudo conntrack -D -p tcp --orig-dst ${stdout}`;
  await attempt(file, ["ssh", "-p", profile, "--", command], { env: machine.env });
}
