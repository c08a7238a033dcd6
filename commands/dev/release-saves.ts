import { ROOT } from "../../common/root";
import { UserError } from "../../common/problem";
import { type BuildContext, prepareContext } from "../../infra/image/build-context";
import { deployOrRollBack } from "../deploy";
import { announce, followLogs, secondsSince } from "./output";
import { CHECK_MS, type Session, type SessionEnd } from "./session";

/** Deploys each save as a release, until Ctrl-C: for a service whose pods can't take new code. */
export async function releaseSaves(session: Session): Promise<SessionEnd> {
  announce(
    "This service's code can't be changed in its pods: each save becomes a release, as by npm run up.",
  );
  return Promise.race([session.interrupted, releaseEach(session)]);
}

async function releaseEach(session: Session): Promise<never> {
  const { cluster, config, deployed, stack, saves } = session;
  await followLogs(cluster.api.apis, deployed);
  let released = String((await stack.workspace.stackOutputs(stack.name)).release?.value);
  let savedAt: number | undefined = performance.now();
  for (;;) {
    if (savedAt !== undefined) {
      try {
        const context = await prepareContext(ROOT, config);
        if (context.tag !== released) await release(session, context, savedAt);
        released = context.tag;
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        announce(error.message);
      }
    }
    savedAt = await saves.next(CHECK_MS);
  }
}

/**
 * Deploys the code.
 *
 * @param context the code's build context
 * @param name the release's name in the output
 * @throws UserError if the update fails; then the previous release still serves
 */
export async function release(
  session: Session,
  context: BuildContext,
  savedAt: number,
  name = context.tag,
): Promise<void> {
  announce(`Releasing ${name} …`);
  await deployOrRollBack(session, context, (line, kind) => kind === "notice" && announce(line));
  announce(`${name} is released and serves, ${secondsSince(savedAt)} s after the save`);
}
