import type { AddressInfo } from "node:net";
import { Command } from "commander";
import { apisFor, type Apis } from "../cluster/connection/kubernetes-client";
import { forwardPort, type PodPort } from "../cluster/connection/port-forward";
import { isReady, nameOf } from "../cluster/objects/pods";
import { labelSelector, workloadOf, type Workload } from "../cluster/objects/workload";
import { UserError } from "../common/problem";
import { DEFAULT_STACK, forStack } from "../common/stack-hints";
import { readDeployed, type Deployed } from "./deployed";
import { askCluster, contextOf } from "./deployed/cluster";
import { onInterrupt } from "./terminal/interrupt";
import { readNumber } from "./terminal/values";

export const command = new Command("npm run forward --")
  .description("Forwards a port of 127.0.0.1 to the stack's Service, also during rollouts. Ctrl-C ends it.")
  .option("--port <number>", "the port of 127.0.0.1, 0 for any free one; the default is the Service's own")
  .option("--stack <name>", "the stack whose Service it is", DEFAULT_STACK);

interface Options {
  readonly port?: string;
  readonly stack: string;
}

export async function run({ port: given, stack }: Options): Promise<void> {
  const wanted = readNumber("npm run forward", "--port", given, [0, 65_535]);
  const deployed = await readDeployed(stack);
  const workload = workloadOf(deployed.config);
  const { client } = await contextOf(deployed);
  const find = podFinder(await apisFor(client), deployed, workload);
  await find();
  const another = "npm run forward -- --port 0, which takes any free port";
  const server = await forwardPort({ port: wanted ?? workload.port, another }, client, find);
  const { port } = server.address() as AddressInfo;
  const { name, namespace } = workload;
  console.log(
    `http://127.0.0.1:${port} leads to the Service ${name}, namespace ${namespace}. Ctrl-C ends it.`,
  );
  await new Promise<void>((resolve) => onInterrupt(() => resolve()));
}

/** How long a list of pods is used, in milliseconds. A pod that is stopped still serves for longer than that. */
const FRESH_MS = 1_000;

/** Makes a function that finds the pods for a new connection. If there are none, it prints the reason once. */
function podFinder(apis: Pick<Apis, "core">, deployed: Deployed, workload: Workload) {
  let shown: string | undefined;
  const show = (problem: string | undefined) => {
    if (problem !== undefined && problem !== shown) console.error(forStack(problem, deployed.stack));
    shown = problem;
  };
  const ask = async (): Promise<readonly PodPort[]> => {
    try {
      const pods = await askCluster(deployed, () => readyPods(apis, workload));
      show(pods.length === 0 ? "No pod is ready: npm run status, which says why" : undefined);
      return pods;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      show(error.message);
      return [];
    }
  };
  let [pods, staleAt] = [ask(), Date.now() + FRESH_MS];
  return async () => {
    if (Date.now() >= staleAt) [pods, staleAt] = [ask(), Date.now() + FRESH_MS];
    return fromRandom(await pods);
  };
}

/** The ready pods behind the Service of a workload. */
export async function readyPods(
  { core }: Pick<Apis, "core">,
  workload: Workload,
): Promise<readonly PodPort[]> {
  const { namespace, port } = workload;
  const { items } = await core.listNamespacedPod({ namespace, labelSelector: labelSelector(workload) });
  return items.filter(isReady).map((pod) => ({ namespace, pod: nameOf(pod), port }));
}

/** The pods, beginning with a random one, because a Service chooses at random too. */
function fromRandom(pods: readonly PodPort[]): readonly PodPort[] {
  const first = Math.floor(Math.random() * pods.length);
  return [...pods.slice(first), ...pods.slice(0, first)];
}
