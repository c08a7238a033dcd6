import { join } from "node:path";
import { poll } from "../../common/poll";
import { UserError } from "../../common/problem";
import { attempt, run, type Ending } from "../command";
import type { Say } from "../step";
import type { Found } from "../tool";
import type { Minikube } from "./minikube";
import { isMadeHere } from "./profile";
import { whyUnreachable } from "./registry";

/** Where minikube's addon pulls metrics-server from. */
const REGISTRY = "https://registry.k8s.io";
/** How often metrics-server measures. Its own 15 s, in place of the minute of minikube's addon: a spike is seen sooner. */
const RESOLUTION = "--metric-resolution=15s";
/** How long it may take to start and to measure twice. */
const ANSWER_MS = 120_000;

const DEPLOYMENT = ["deployment/metrics-server", "--namespace=kube-system"];

type Ask = (...args: string[]) => Promise<Ending>;

/** A minikube cluster that runs, and the kube context that leads to it. */
export interface RunningProfile {
  readonly profile: string;
  readonly context: string;
}

/**
 * Ensures that metrics-server answers, for an autoscaler: by minikube's addon, whose image is made here if it can't
 * be pulled. One that answers is left as it is, unless `npm run up` made the cluster.
 *
 * @returns what was done
 * @throws UserError if it doesn't answer in the end
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
  const there = await answers();
  if (!there) await enableAddon(minikube, profile, say, registry);
  if (!there || (await isMadeHere(minikube.machine, profile))) await measureOften(ask);
  if (there) return "answers";
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
  say(`${reason}: making metrics-server from source`, "notice");
  const { makeMetricsServer } = await import("../offline/index.js");
  const image = await makeMetricsServer(machine, say);
  await minikube("image", "load", image);
  // A registry has to be named. It is never asked: the node has the image.
  const own = [`--images=MetricsServer=${image}`, "--registries=MetricsServer=docker.io"];
  await minikube("addons", "enable", "metrics-server", ...own);
}

/** Each start of the node applies the addon again, with its own number. */
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
 * The API server connects to metrics-server's address at once, before kube-proxy leads there, and keeps a connection that
 * something else has answered: a transparent proxy, for one. Without its entry in the node, the connection ends.
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
