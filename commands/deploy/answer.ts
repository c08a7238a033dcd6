import { connect } from "node:net";
import { poll } from "../../common/poll";
import { UserError } from "../../common/problem";
import { labelSelector, type Workload } from "../../cluster/objects/workload";
import type { Say } from "../../toolchain/step";

/** How long the URL may take to answer after the update, in milliseconds: kube-proxy sets its rules a moment later. */
const ANSWER_TIMEOUT_MS = 60_000;
const POLL_MS = 200;
/** How long one attempt may take, in milliseconds. */
const TRY_TIMEOUT_MS = 2_000;
/** A connection that stays open for so long counts as an answer, in milliseconds. */
const OPEN_MS = 300;

/**
 * Waits until the service answers at its URL as its readiness probe expects. For an HTTP probe, that is a status from 200
 * to 399, redirects included. For any other probe, it is a connection that stays open.
 *
 * @throws UserError if there is no answer in time
 */
export async function waitForAnswer(url: string, workload: Workload, say: Say): Promise<void> {
  const { ready } = workload;
  const probed = "http" in ready ? `${url}${ready.http}` : url;
  const findFailure = "http" in ready ? requestFailure : connectionFailure;
  let failure: string | undefined;
  const answers = await poll({ withinMs: ANSWER_TIMEOUT_MS, everyMs: POLL_MS }, async () => {
    failure = await findFailure(probed);
    if (failure === undefined) return true;
    say(`waiting for ${probed}: ${failure}`);
    return undefined;
  });
  if (answers) return;
  const selected = `-n ${workload.namespace} -l ${labelSelector(workload)}`;
  throw new UserError({
    what: `${probed} does not answer after ${ANSWER_TIMEOUT_MS / 1000} s (${failure})`,
    todo: `kubectl get pods ${selected}, and kubectl logs ${selected}`,
  });
}

async function requestFailure(url: string): Promise<string | undefined> {
  try {
    const options = { redirect: "manual", signal: AbortSignal.timeout(TRY_TIMEOUT_MS) } as const;
    const { status, body } = await fetch(url, options);
    await body?.cancel();
    return status < 400 ? undefined : `answered ${status}`;
  } catch (error) {
    return String((error as Error).cause ?? error);
  }
}

/** Docker accepts every connection to a published port, and closes it at once if nothing listens behind the port. */
function connectionFailure(url: string): Promise<string | undefined> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), timeout: TRY_TIMEOUT_MS });
  return new Promise<string | undefined>((resolve) => {
    socket.once("connect", () => setTimeout(resolve, OPEN_MS, undefined));
    socket.once("data", () => resolve(undefined));
    socket.once("error", ({ message }) => resolve(message));
    socket.once("timeout", () => resolve("no connection"));
    socket.once("close", () => resolve("the connection was closed"));
  }).finally(() => socket.destroy());
}
