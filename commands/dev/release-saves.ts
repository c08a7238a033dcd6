import { ROOT } from "../../common/root";
import { UserError } from "../../common/problem";
import { prepareContext } from "../../infra/image/build-context";
import { deployOrRollBack } from "../deploy";
import { announce, followLogs, secondsSince } from "./output";
import { LOOK_MS, type Ended, type Work } from "./work";

/** Makes a release of each save, for a service whose code can't be changed in its pods, until Ctrl-C. */
export async function releaseSaves(work: Work): Promise<Ended> {
  announce(
    "This service's code can't be changed in its pods: each save becomes a release, as by npm run up.",
  );
  return Promise.race([work.interrupted, releaseEach(work)]);
}

async function releaseEach(work: Work): Promise<never> {
  const { cluster, config, deployed, stack, saves } = work;
  await followLogs(cluster.api.apis, deployed);
  let released = String((await stack.workspace.stackOutputs(stack.name)).release?.value);
  let savedAt: number | undefined = performance.now();
  for (;;) {
    if (savedAt !== undefined) {
      try {
        const { tag } = await prepareContext(ROOT, config);
        if (tag !== released) await release(work, tag, savedAt);
        released = tag;
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        announce(error.message);
      }
    }
    savedAt = await saves.next(LOOK_MS);
  }
}

/**
 * Deploys the code.
 *
 * @param code the tag of the code's release
 * @param what how the output calls it
 * @throws UserError if the update fails; then the previous release still serves
 */
export async function release(work: Work, code: string, savedAt: number, what = code): Promise<void> {
  announce(`Releasing ${what} …`);
  await deployOrRollBack(work, code, (line, kind) => kind === "notice" && announce(line));
  announce(`${what} is released and serves, ${secondsSince(savedAt)} s after the save`);
}
