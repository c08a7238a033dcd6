import { Command } from "commander";
import { connectCluster } from "../cluster";
import { readEnvironment } from "../cluster/connection/environment";
import { findProfile } from "../cluster/kinds/minikube/find-profile";
import type { ImageStore } from "../cluster/images/store";
import { isAutoscaled, trackNamed, workloadOf } from "../cluster/objects/workload";
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
import { openStack, readConfig } from "./state/stack";
import { notice, runStep } from "./terminal/steps";
import { DEFAULT_STACK } from "../common/stack-hints";

export const command = new Command("npm run up --")
  .description(
    "From a bare machine to a served URL: tools, cluster, stack. What is there already is left as it is.",
  )
  .option(
    "--track <name>",
    "deploy the code to this track alone, and pin every other to the release that it runs",
  )
  .option("--stack <name>", "the stack to create or update", DEFAULT_STACK);

interface Options {
  readonly stack: string;
  readonly track?: string;
}

export async function run({ stack: name, track: only }: Options): Promise<void> {
  const machine = readMachine();
  const environment = readEnvironment(machine.env);
  const { toolFolder, track, ...deployable } = await whilePreparing(machine, notice, async () => {
    const pulumi = await preparePulumi(machine, runStep);
    const stack = await runStep(
      "Stack",
      (say) => openStack(machine, pulumi, name, say),
      () => name,
    );
    const config = await readConfig(stack);
    const track = only === undefined ? undefined : trackNamed(workloadOf(config), only);
    const profile = await findProfile(config, environment);
    const request = profile === undefined ? undefined : { profile, nodePort: config.nodePort };
    const toolFolder = await prepareCluster(machine, request, runStep);
    const cluster = await connectCluster(config, environment);
    const images = cluster.kind.images(config.name);
    const builds = !(await isBuilt(images, config));
    await preparePlugins(machine, builds, runStep);
    if (builds) await prepareBaseImages(machine, images.builder, await baseImagesOf(config), runStep);
    if (profile !== undefined && isAutoscaled(workloadOf(config))) {
      await prepareMetricsServer(machine, { profile, context: config.context }, runStep);
    }
    return { machine, stack, config, track, cluster, toolFolder };
  });
  if (track !== undefined) {
    await pinTracks(deployable, { track: track.name, release: undefined });
    deployable.config = await readConfig(deployable.stack);
  }
  const deployed = await updateStack(deployable, runStep);
  await waitForUrl(deployed, deployable.config, runStep);
  if (toolFolder !== undefined) {
    console.log(`\nFor minikube and kubectl in this shell: export PATH="${toolFolder}:$PATH"`);
  }
  console.log(`\n${deployed.url}`);
}

/** Whether the image of the code is there. If the code can't be built, the program says what to do about that. */
async function isBuilt(images: ImageStore, config: Config): Promise<boolean> {
  try {
    const { tag } = await prepareContext(ROOT, config);
    return (await images.tags([tag])).length > 0;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

/** None if there is no Dockerfile: the program says what to do about that. */
async function baseImagesOf(config: Config): Promise<string[]> {
  try {
    return namedImages((await findSources(ROOT, config)).dockerfileText, config.build.args);
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}
