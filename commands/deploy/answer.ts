import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../common/problem";
import { labelSelector, type Workload } from "../../cluster/objects/workload";
import type { Say } from "../../toolchain/step";

/** How long the URL may take to answer after the engine is done, in milliseconds: kube-proxy's rules follow soon. */
const ANSWER_TIMEOUT_MS = 60_000;
const POLL_MS = 200;
/** How long one try may take, in milliseconds. */
const TRY_TIMEOUT_MS = 2_000;

/** Waits until the URL answers. @throws UserError if it does not in time */
export async function waitForAnswer(url: string, workload: Workload, say: Say): Promise<void> {
  const deadline = Date.now() + ANSWER_TIMEOUT_MS;
  let last = "";
  while (Date.now() < deadline) {
    try {
      const { status, body } = await fetch(url, { signal: AbortSignal.timeout(TRY_TIMEOUT_MS) });
      await body?.cancel();
      if (status < 500) return;
      last = `answered ${status}`;
    } catch (error) {
      last = String((error as Error).cause ?? error);
    }
    say(`waiting for ${url}: ${last}`);
    await sleep(POLL_MS);
  }
  const selected = `-n ${workload.namespace} -l ${labelSelector(workload)}`;
  throw new UserError({
    what: `${url} does not answer after ${ANSWER_TIMEOUT_MS / 1000} s (${last})`,
    todo: `kubectl get pods ${selected}, and kubectl logs ${selected}`,
  });
}
