import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { connectCluster, type Cluster } from "../../cluster";
import { readEnvironment } from "../../cluster/connection/environment";
import { notice } from "../../commands/terminal/steps";
import { undoDockerEnv } from "../../common/minikube-environment";
import { exclusively } from "../../common/lock.mjs";
import { UserError } from "../../common/problem";
import { run, type CommandOptions } from "../../toolchain/command";
import { copyProduct, linkPackages } from "../e2e/harness/checkout";
import { machine, newTerminal } from "../e2e/harness/place";

/** The name of the stack, its namespace and its image. Every other name of the bench begins with it. */
export const NAME = "koa-bench";
/** It is reached at the node's own address. */
const NODE_PORT = 30_990;
/** The default limits, and requests so small that a hundred pods fit beside everything else. */
const RESOURCES = { requests: { cpu: "5m", memory: "50Mi" }, limits: { cpu: "1", memory: "256Mi" } };

/** Where the bench works: a copy of the checkout, with a stack and a state of its own, on the running cluster. */
export interface World {
  /** Removed at the end, with all that is in it. */
  readonly folder: string;
  /** The copy, in `folder`. */
  readonly checkout: string;
  readonly cluster: Cluster;
  /** Runs a command in the copy. A line is split at spaces. @returns its standard output */
  readonly run: (line: string | readonly string[], options?: CommandOptions) => Promise<string>;
  /** Runs kubectl on the cluster. @returns its standard output */
  readonly kubectl: (args: string | readonly string[]) => Promise<string>;
  /** The variables of the terminal that `run` runs in. */
  readonly env: NodeJS.ProcessEnv;
  /** The variables with which `docker` finds the daemon in minikube's node. */
  readonly nodeDocker: NodeJS.ProcessEnv;
  /** The same for this machine's own daemon. */
  readonly hostDocker: NodeJS.ProcessEnv;
}

/**
 * Makes the world, works in it, and removes it. The next bench removes what a killed one left.
 *
 * @throws UserError if the cluster doesn't run, or somebody else has a namespace of the bench's name
 */
export async function inWorld(context: string, work: (world: World) => Promise<void>): Promise<void> {
  const folder = join(machine.cacheDir, "bench");
  const alone = async () => {
    const world = worldIn(folder, await connectCluster({ context }, readEnvironment(machine.env)));
    // The folder is made first: while it exists, everything with the bench's name is the bench's.
    if (existsSync(folder)) await removeWorld(world);
    await refuseForeign(world);
    try {
      await mkdir(join(folder, "backend"), { recursive: true });
      await copyProduct(world.checkout);
      await linkPackages(world.checkout);
      await writeConfig(world, {});
      await work(world);
    } catch (error) {
      notice(error instanceof Error ? error.message : String(error)); // before removing fails as well
      throw error;
    } finally {
      await removeWorld(world);
    }
  };
  await exclusively(`${folder}.lock`, alone, (pid) => notice(`Another bench runs (pid ${pid}): waiting …`));
}

/** Replaces the stack's config. */
export async function writeConfig({ checkout, cluster }: World, config: object): Promise<void> {
  const all = {
    name: NAME,
    namespace: NAME,
    nodePort: NODE_PORT,
    resources: RESOURCES,
    context: cluster.context,
    ...config,
  };
  const lines = Object.entries(all).map(
    ([key, value]) => `  koa-on-minikube:${key}: ${JSON.stringify(value)}\n`,
  );
  await writeFile(join(checkout, `Pulumi.${NAME}.yaml`), `config:\n${lines.join("")}`);
}

function worldIn(folder: string, cluster: Cluster): World {
  const checkout = join(folder, "checkout");
  const ours = {
    ...newTerminal,
    PATH: [join(machine.cacheDir, "bin"), newTerminal.PATH].join(delimiter),
    PULUMI_BACKEND_URL: `file://${join(folder, "backend")}`,
    PULUMI_CONFIG_PASSPHRASE: "",
  };
  const runLine: World["run"] = (line, { env, ...options } = {}) => {
    const [file = "", ...args] = words(line);
    return run(file, args, { ...options, env: { ...ours, ...env } });
  };
  const { host, certPath } = cluster.kind.images(NAME).builder;
  const tls = certPath === undefined ? {} : { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: certPath };
  return {
    folder,
    checkout,
    cluster,
    nodeDocker: { DOCKER_HOST: host, ...tls },
    hostDocker: undoDockerEnv(process.env),
    run: (line, options) => runLine(line, { cwd: checkout, ...options }),
    kubectl: (args) => runLine(["kubectl", "--context", cluster.context, ...words(args)]),
    env: ours,
  };
}

function words(line: string | readonly string[]): readonly string[] {
  return typeof line === "string" ? line.split(" ") : line;
}

async function refuseForeign(world: World): Promise<void> {
  const [foreign] = await namespaces(world);
  if (foreign === undefined) return;
  throw new UserError({
    what: `The namespace ${foreign} is not the bench's: it was there before.`,
    todo: `kubectl --context ${world.cluster.context} delete namespace ${foreign}, if nobody needs it`,
  });
}

async function removeWorld(world: World): Promise<void> {
  const { kubectl, folder } = world;
  const left = await namespaces(world);
  if (left.length > 0) await kubectl(`delete namespace ${left.join(" ")}`);
  for (const docker of [world.nodeDocker, world.hostDocker]) await removeFromDocker(world, docker);
  await rm(folder, { recursive: true, force: true });
}

async function removeFromDocker({ run }: World, env: NodeJS.ProcessEnv): Promise<void> {
  const remove = async (list: string, remove: string) => {
    const found = (await run(`docker ${list}`, { cwd: "/", env })).split("\n").filter((line) => line !== "");
    if (found.length > 0) await run([...`docker ${remove}`.split(" "), ...found], { cwd: "/", env });
  };
  const ofCompose = `--filter label=com.docker.compose.project=${NAME}`;
  await remove(`ps -aq ${ofCompose}`, "rm -f");
  await remove(`network ls -q ${ofCompose}`, "network rm");
  await remove(`image ls --filter reference=${NAME}* --format {{.Repository}}:{{.Tag}}`, "image rm -f");
}

/** The namespaces with the bench's name. */
async function namespaces({ cluster: { api } }: World): Promise<string[]> {
  const { items } = await api.apis.core.listNamespace();
  return items.map(({ metadata }) => metadata?.name ?? "").filter((name) => name.startsWith(NAME));
}
