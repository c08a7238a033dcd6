import { join } from "node:path";
import { Command } from "commander";
import type { Pin } from "../cluster/releases/pin";
import { prepareContext } from "../infra/image/build-context";
import { pulumiStep } from "../toolchain";
import type { Step } from "../toolchain/step";
import { readDeployed } from "./deployed";
import type { Release } from "./releases/list";
import { readReleases } from "./releases/read";
import { chooseRelease, isThere } from "./rollback/choice";
import { setPin } from "./rollback/set-pin";
import { answerStep, deployStep, type Rollable } from "./deploy/steps";
import { ROOT } from "../common/root";
import { openStack, readConfig } from "./state/stack";
import { main } from "./terminal/main";
import { runSteps } from "./terminal/steps";

interface Rollback extends Rollable {
  readonly stackName: string;
  /** What the stack's config is to say; undefined where the release is the code's own. */
  readonly pin: Pin | undefined;
}

/** Deploys with the config changed; if that fails, config says what it did before. */
const rollbackStep: Step<Rollback> = {
  title: deployStep.title,
  async run(context, say) {
    const stack = await openStack(context, context.stackName, say);
    const before = (await readConfig(stack)).rolledBack;
    await setPin(stack, context.pin);
    Object.assign(context, { stack, config: await readConfig(stack) });
    try {
      return await deployStep.run(context, say);
    } catch (error) {
      await setPin(stack, before);
      throw error;
    }
  },
};

const options = new Command("npm run rollback --")
  .description(
    "Goes back to the release before the one that was deployed last, or to a named one, with no build.",
  )
  .option("--to <tag>", "the release to go back to: see npm run releases")
  .option("--stack <name>", "the stack to roll back", "dev")
  .addHelpText("after", "\nUntil the code changes, npm run up deploys that release too.")
  .parse()
  .opts<{ to?: string; stack: string }>();

void main(async () => {
  const deployed = await readDeployed(options.stack);
  const { machine, config } = deployed;
  const { tag: code } = await prepareContext(ROOT, config, join(ROOT, ".build"));
  const situation = { releases: await readReleases(deployed), code, pin: config.rolledBack };
  const release = chooseRelease(situation, options.to);
  if (isThere(situation, release)) return console.log(`Release ${release.tag} serves already.`);
  const context = { machine, tools: new Map(), stackName: options.stack, pin: pinFor(release, code) };
  await runSteps<Rollback>([pulumiStep, rollbackStep, answerStep], context);
  console.log(`\nRelease ${release.tag} serves.`);
});

function pinFor({ tag }: Release, code: string): Pin | undefined {
  return tag === code ? undefined : { from: code, to: tag };
}
