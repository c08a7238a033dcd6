import type { Stack } from "@pulumi/pulumi/automation";
import { Command } from "commander";
import { connectCluster, type Cluster } from "../cluster";
import { readEnvironment } from "../cluster/connection/environment";
import type { Pin } from "../cluster/releases/pin";
import { ROOT } from "../common/root";
import { prepareContext } from "../infra/image/build-context";
import { preparePulumi, whilePreparing } from "../toolchain";
import { updateStack, waitForUrl } from "./deploy";
import { readDeployed, type Deployed } from "./deployed";
import type { Release } from "./releases/list";
import { readReleases } from "./releases/read";
import { chooseRelease, isThere } from "./rollback/choice";
import { openStack, readConfig } from "./state/stack";
import { notice, runStep } from "./terminal/steps";
import { DEFAULT_STACK } from "../common/stack-hints";

export const command = new Command("npm run rollback --")
  .description(
    "Goes back to the release before the one that was deployed last, or to a named one, with no build.",
  )
  .option("--to <tag>", "the release to go back to: see npm run releases")
  .option("--stack <name>", "the stack to roll back", DEFAULT_STACK)
  .addHelpText("after", "\nUntil the code changes, npm run up deploys that release too.");

interface Options {
  readonly to?: string;
  readonly stack: string;
}

export async function run({ to, stack }: Options): Promise<void> {
  const deployed = await readDeployed(stack);
  const { machine, config } = deployed;
  const { tag: code } = await prepareContext(ROOT, config);
  const cluster = await connectCluster(config.context, readEnvironment(machine.env));
  const situation = { releases: await readReleases(deployed, cluster), code, pin: config.rolledBack };
  const release = chooseRelease(situation, to);
  if (isThere(situation, release)) return console.log(`Release ${release.tag} serves already.`);
  await deployPinned(deployed, cluster, pinFor(release, code));
  console.log(`\nRelease ${release.tag} serves.`);
}

/** Undefined if the release is the code's own. */
function pinFor({ tag }: Release, code: string): Pin | undefined {
  return tag === code ? undefined : { from: code, to: tag };
}

/** Deploys with the config changed. If that fails, the config is put back to what it was. */
async function deployPinned(
  { machine, stack: name }: Deployed,
  cluster: Cluster,
  pin: Pin | undefined,
): Promise<void> {
  const pulumi = await whilePreparing(machine, notice, () => preparePulumi(machine, runStep));
  const stack = await runStep(
    "Stack",
    (say) => openStack(machine, pulumi, name, say),
    () => name,
  );
  const before = (await readConfig(stack)).rolledBack;
  await setPin(stack, pin);
  const config = await readConfig(stack);
  const deployable = { machine, stack, config, cluster };
  const deployed = await updateStack(deployable, runStep).catch(async (error: unknown) => {
    await setPin(stack, before);
    throw error;
  });
  await waitForUrl(deployed, config, runStep);
}

const PIN = "rolledBack";

/** Writes into the stack's config which release is deployed instead of the code's own; undefined for the code's. */
async function setPin(stack: Stack, pin: Pin | undefined): Promise<void> {
  if (pin === undefined) await stack.removeConfig(PIN);
  // As one text: with a path, Pulumi takes a tag of digits only for a number.
  else await stack.setConfig(PIN, { value: JSON.stringify({ from: pin.from, to: pin.to }) });
}
