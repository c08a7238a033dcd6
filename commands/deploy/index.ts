import type { Config } from "../../infra/config";
import { workloadOf } from "../../cluster/objects/workload";
import type { RunStep } from "../../toolchain/step";
import { urlWarningIn } from "../deployed";
import { waitForAnswer } from "./answer";
import { deployGuarded, type Deployable } from "./guard";

/** Where the stack's service is reached. */
export interface StackUrl {
  readonly url: string;
  /** Set if the URL can't be reached from this machine: what to do. */
  readonly warning: string | undefined;
}

/** Runs the stack's update, as a step. @param code the tag of the code's release */
export async function updateStack(deployable: Deployable, code: string, runStep: RunStep): Promise<StackUrl> {
  const { outputs } = await runStep(
    "Deployment",
    (say) => deployGuarded(deployable, code, say),
    ({ changes }) => changes,
  );
  return {
    url: String(outputs.url),
    warning: urlWarningIn(outputs),
  };
}

/** Waits until the service answers under the stack's URL, as a step. */
export async function waitForUrl(
  { url, warning }: StackUrl,
  config: Config,
  runStep: RunStep,
): Promise<void> {
  await runStep(
    "URL",
    async (say) => {
      if (config.tracks.every(({ replicas }) => replicas === 0)) return "no replicas, so nothing answers";
      if (warning !== undefined) return "deployed, and not asked";
      await waitForAnswer(url, workloadOf(config), say);
      return "answers";
    },
    (outcome) => outcome,
  );
}
