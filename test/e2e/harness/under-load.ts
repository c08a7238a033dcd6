import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { startLoad, type Report } from "../../../commands/load/generator";
import { URL } from "./place";
import { note } from "./summary";

/** Requests a second, half of them on connections of their own. */
const RATE = 300;
/** In milliseconds. Starting ten pods keeps two cores busy for seconds, and a late answer isn't a lost request. */
const TIMEOUT_MS = 20_000;
/** Milliseconds of load before an event, so that every connection is in use, and after it, for late answers. */
const BEFORE_MS = 2_000;
const AFTER_MS = 2_000;

/** `E2E_TIMES=20`: repeats each event so many times: once may be luck. */
const TIMES = Number(process.env.E2E_TIMES ?? "1");

/** Tests how many requests an event loses under load. */
export function loses(most: number, event: string, happen: () => Promise<unknown>): void {
  for (let time = 1; time <= TIMES; time++) {
    const which = TIMES > 1 ? ` (${time} of ${TIMES})` : "";
    it(`${event}: ${most === 0 ? "no request is lost" : `${most} requests at most`}${which}`, async () => {
      assertLost(most, await underLoad(event, happen));
    });
  }
}

/** Causes an event under load. @throws AssertionError if a request was lost */
export async function losesNothing(event: string, happen: () => Promise<unknown>, url = URL): Promise<void> {
  assertLost(0, await underLoad(event, happen, url));
}

/**
 * Causes an event while requests go through the Service's published port. Prints the counts, and keeps them for the
 * table.
 */
export async function underLoad(event: string, happen: () => Promise<unknown>, url = URL): Promise<Report> {
  const load = startLoad({
    url,
    rate: RATE,
    newShare: 0.5,
    timeoutMs: TIMEOUT_MS,
  });
  try {
    await sleep(BEFORE_MS);
    await happen();
    await sleep(AFTER_MS);
  } finally {
    await load.stop();
  }
  const report = await load.ended;
  note({ event, ...report });
  return report;
}

function assertLost(most: number, { requests, failed, failures, firstFailures }: Report): void {
  assert.ok(requests > 0);
  const details = firstFailures.map((failure) => JSON.stringify(failure)).join("\n");
  assert.ok(failed <= most, `${failed} of ${requests} failed: ${JSON.stringify(failures)}\n${details}`);
}
