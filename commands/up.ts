import { Command } from "commander";
import { connectCluster } from "../cluster";
import { readEnvironment } from "../cluster/connection/environment";
import { findProfile } from "../cluster/kinds/minikube/find-profile";
import { isAutoscaled, trackNamed, workloadOf } from "../cluster/objects/workload";
import { FIRST_NODE_PORT } from "../common/node-ports";
import { UserError } from "../common/problem";
import { ROOT } from "../common/root";
import type { Config } from "../infra/config";
import { findSources, prepareContext } from "../infra/image/build-context";
import {
  prepareBaseImages,
  prepareCluster,
  prepareMetricsServer,
  preparePlugins,
  preparePulumi,
  whilePreparing,
} from "../toolchain";
import { namedImages } from "../toolchain/cluster";
import { readMachine } from "../toolchain/machine";
import { updateStack, waitForUrl } from "./deploy";
import { pinTracks } from "./deploy/pins";
import { openWithConfig } from "./state/stack";
import { notice, runStep } from "./terminal/steps";
import { readNumber } from "./terminal/values";
import { DEFAULT_STACK } from "../common/stack-hints";

/** minikube's nodes share the processors and the memory of this machine. */
const MOST_NODES = 9;

export const command = new Command("npm run up --")
  .description(
    "Goes from a bare machine to a served URL: tools, cluster, stack. Keeps what there is already.",
  )
  .option(
    "--track <name>",
    "deploy the code to this track alone, and pin every other track to the release that it runs",
  )
  .option(
    "--nodes <number>",
    `create the minikube cluster with this number of nodes, from 1 to ${MOST_NODES}`,
  )
  .option("--stack <name>", "the stack to create or update", DEFAULT_STACK);

interface Options {
  readonly stack: string;
  readonly nodes?: string;
  readonly track?: string;
}

export async function run({ stack: name, track: only, nodes: typed }: Options): Promise<void> {
  const nodes = readNumber("npm run up", "--nodes", typed, [1, MOST_NODES]);
  const machine = readMachine();
  const environment = readEnvironment(machine.env);
  const { toolFolder, track, context, ...deployable } = await whilePreparing(machine, notice, async () => {
    const pulumi = await preparePulumi(machine, runStep);
    const { stack, config } = await runStep(
      "Stack",
      (say) => openWithConfig(machine, pulumi, name, say),
      () => name,
    );
    const context = await prepareContext(ROOT, config);
    const track = only === undefined ? undefined : trackNamed(workloadOf(config), only);
    const profile = await findProfile(config, environment);
    if (profile === undefined && nodes !== undefined) throw notMinikube(config);
    const nodePort = config.nodePort ?? FIRST_NODE_PORT;
    const request = profile === undefined ? undefined : { profile, nodePort, nodes };
    const toolFolder = await prepareCluster(machine, request, runStep);
    const cluster = await connectCluster(config, environment);
    const images = cluster.kind.images(config.name);
    const builds = (await images.tags([context.tag])).length === 0;
    await preparePlugins(machine, builds, runStep);
    if (builds) {
      const { dockerfileText } = await findSources(ROOT, config);
      const named = namedImages(dockerfileText, config.build.args);
      await prepareBaseImages(machine, images.builder, named, runStep);
    }
    if (profile !== undefined && isAutoscaled(workloadOf(config))) {
      await prepareMetricsServer(machine, { profile, context: config.context }, runStep);
    }
    return { machine, stack, config, context, track, cluster, toolFolder };
  });
  if (track !== undefined) {
    deployable.config = await pinTracks(deployable, { track: track.name, release: undefined });
  }
  const deployed = await updateStack(deployable, context, runStep);
  await waitForUrl(deployed, deployable.config, runStep);
  if (toolFolder !== undefined) {
    console.log(`\nFor minikube and kubectl in this shell: export PATH="${toolFolder}:$PATH"`);
  }
  console.log(`\n${deployed.url}`);
}

function notMinikube({ context }: Config): UserError {
  return new UserError({
    what: `--nodes creates a minikube cluster, but the context ${context} is not one of minikube's`,
    where: "stack config, key context",
    todo: "npm run up without --nodes, or npx pulumi config set context another-name",
  });
}
