import { Command } from "commander";
import { connectCluster } from "../cluster";
import { readEnvironment } from "../cluster/connection/environment";
import { STABLE, trackNamed, type Workload, workloadOf } from "../cluster/objects/workload";
import { readRollout, serving } from "../cluster/releases/rollout";
import { UserError } from "../common/problem";
import { ROOT } from "../common/root";
import { DEFAULT_STACK } from "../common/stack-hints";
import { prepareContext } from "../infra/image/build-context";
import { deployRelease } from "./deploy/release";
import { readDeployed } from "./deployed";
import { askCluster } from "./deployed/cluster";

export const command = new Command("npm run promote --")
  .description(`Moves the track ${STABLE} to the release that another track serves, by the usual rollout.`)
  .argument("<track>", "the track with the release, for example beta")
  .option("--stack <name>", "the stack", DEFAULT_STACK)
  .addHelpText("after", `\nPins ${STABLE} to that release, until npm run up -- --track ${STABLE}.`);

interface Options {
  readonly track: string;
  readonly stack: string;
}

export async function run({ track: name, stack }: Options): Promise<void> {
  const deployed = await readDeployed(stack);
  const { machine, config } = deployed;
  const workload = workloadOf(config);
  const track = trackNamed(workload, name);
  if (name === STABLE) throw alreadyStable(workload);
  const cluster = await connectCluster(config, readEnvironment(machine.env));
  const rollout = await askCluster(deployed, () => readRollout(cluster.api.apis, workload, track));
  const release = rollout && serving(rollout)?.release;
  if (release === undefined) throw servesNothing(name);
  const context = await prepareContext(ROOT, config);
  await deployRelease(deployed, cluster, { track: STABLE, release }, context);
  console.log(`\nRelease ${release} serves on the tracks ${name} and ${STABLE}.`);
}

function alreadyStable({ tracks }: Workload): UserError {
  const others = tracks.map((track) => track.name).filter((name) => name !== STABLE);
  return new UserError({
    what: `${STABLE} can't be promoted to itself.`,
    allowed: others.join(", ") || "none: there is no other track",
    todo: "npm run promote -- TRACK",
  });
}

function servesNothing(track: string): UserError {
  return new UserError({
    what: `The track ${track} serves no release to move ${STABLE} to.`,
    todo: "npm run status, which says what is wrong with it",
  });
}
