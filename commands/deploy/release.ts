import type { Cluster } from "../../cluster";
import type { BuildContext } from "../../infra/image/build-context";
import { preparePulumi, whilePreparing } from "../../toolchain";
import type { StackRef } from "../deployed";
import { openStack } from "../state/stack";
import { notice, runStep } from "../terminal/steps";
import { type Choice, hasTracks, pinTracks, restorePins, rollBackStack } from "./pins";
import { updateStack, waitForUrl } from ".";

/**
 * Deploys a stack with another release of one track. If that fails, restores the config.
 *
 * @param context the code's build context
 */
export async function deployRelease(
  { machine, stack: name, config: before }: StackRef,
  cluster: Cluster,
  choice: Choice,
  context: BuildContext,
): Promise<void> {
  const pulumi = await whilePreparing(machine, notice, () => preparePulumi(machine, runStep));
  const stack = await runStep(
    "Stack",
    (say) => openStack(machine, pulumi, name, say),
    () => name,
  );
  const deployable = { machine, stack, config: before, cluster };
  const config = hasTracks(before)
    ? await pinTracks(deployable, choice, context.tag)
    : await rollBackStack(deployable, choice, context.tag);
  const deployed = await updateStack({ ...deployable, config }, context, runStep).catch(
    async (error: unknown) => {
      await restorePins(stack, before);
      throw error;
    },
  );
  await waitForUrl(deployed, config, runStep);
}
