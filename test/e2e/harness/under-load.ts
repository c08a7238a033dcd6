import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { startLoad, type Report } from "../../../commands/load/generator";
import { URL } from "./place";
import { note } from "./summary";

/** Requests a second, half of them on connections of their own. */
const RATE = 300;
/** Milliseconds: starting ten pods keeps two cores busy for seconds. What is late is not lost. */
const TIMEOUT_MS = 20_000;
/** Milliseconds of load before an event, so that every connection is in use, and after it, for what comes late. */
const BEFORE_MS = 2_000;
const AFTER_MS = 2_000;

/** `E2E_TIMES=20`: each event so many times, because once is luck. */
const TIMES = Number(process.env.E2E_TIMES ?? "1");

/** A test of what an event costs: the event happens under load, and what was lost is counted. */
export function loses(most: number, event: string, happen: () => Promise<unknown>): void {
  for (let time = 1; time <= TIMES; time++) {
    const which = TIMES > 1 ? ` (${time} of ${TIMES})` : "";
    it(`${event}: ${most === 0 ? "no request is lost" : `${most} requests at most`}${which}`, async () => {
      assertLost(most, await underLoad(event, happen));
    });
  }
}

/** Lets an event happen under load. @throws AssertionError if a request was lost */
export async function losesNothing(event: string, happen: () => Promise<unknown>, url = URL): Promise<void> {
  assertLost(0, await underLoad(event, happen, url));
}

/** Lets an event happen while requests go through the Service's published port. The count is printed, and kept. */
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
