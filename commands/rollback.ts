import { Command } from "commander";
import { connectCluster } from "../cluster";
import { readEnvironment } from "../cluster/connection/environment";
import { STABLE, trackNamed, workloadOf } from "../cluster/objects/workload";
import { ROOT } from "../common/root";
import { DEFAULT_STACK } from "../common/stack-hints";
import { prepareContext } from "../infra/image/build-context";
import { deployRelease } from "./deploy/release";
import { readDeployed } from "./deployed";
import { readReleases } from "./releases/read";
import { chooseRelease, isServing } from "./rollback/choice";

export const command = new Command("npm run rollback --")
  .description("Goes back to the previous release, or to a named one, without a build.")
  .option("--to <tag>", "the release to go back to: see npm run releases")
  .option("--track <name>", "the track to roll back", STABLE)
  .option("--stack <name>", "the stack to roll back", DEFAULT_STACK)
  .addHelpText("after", "\nUntil the code changes, npm run up deploys that release too.");

interface Options {
  readonly to?: string;
  readonly track: string;
  readonly stack: string;
}

export async function run({ to, track: name, stack }: Options): Promise<void> {
  const deployed = await readDeployed(stack);
  const { machine, config } = deployed;
  const track = trackNamed(workloadOf(config), name);
  const [context, cluster] = await Promise.all([
    prepareContext(ROOT, config),
    connectCluster(config, readEnvironment(machine.env)),
  ]);
  const code = context.tag;
  const all = await readReleases(deployed, cluster);
  const releases = all.filter((release) => release.track === name);
  const pin = name === STABLE ? config.rolledBack : undefined;
  const situation = { releases, code, pin, pinned: track.release };
  const release = chooseRelease(situation, to);
  if (isServing(situation, release)) return console.log(`Release ${release.tag} serves already.`);
  const chosen = release.tag === code ? undefined : release.tag;
  await deployRelease(deployed, cluster, { track: name, release: chosen }, context);
  console.log(`\nRelease ${release.tag} serves.`);
}
