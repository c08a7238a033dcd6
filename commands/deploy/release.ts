import type { Cluster } from "../../cluster";
import { preparePulumi, whilePreparing } from "../../toolchain";
import type { StackRef } from "../deployed";
import { openStack } from "../state/stack";
import { notice, runStep } from "../terminal/steps";
import { type Choice, hasTracks, pinTracks, restorePins, rollBackStack } from "./pins";
import { updateStack, waitForUrl } from ".";

/**
 * Deploys a stack with another release of one track. If that fails, restores the config.
 *
 * @param code the tag of the code's release
 */
export async function deployRelease(
  { machine, stack: name, config: before }: StackRef,
  cluster: Cluster,
  choice: Choice,
  code: string,
): Promise<void> {
  const pulumi = await whilePreparing(machine, notice, () => preparePulumi(machine, runStep));
  const stack = await runStep(
    "Stack",
    (say) => openStack(machine, pulumi, name, say),
    () => name,
  );
  const deployable = { machine, stack, config: before, cluster };
  const config = hasTracks(before)
    ? await pinTracks(deployable, choice, code)
    : await rollBackStack(deployable, choice, code);
  const deployed = await updateStack({ ...deployable, config }, code, runStep).catch(
    async (error: unknown) => {
      await restorePins(stack, before);
      throw error;
    },
  );
  await waitForUrl(deployed, config, runStep);
}
