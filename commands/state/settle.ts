import { setTimeout as sleep } from "node:timers/promises";
import type { Say } from "../../toolchain/step";
import { readCheckpoint, stateFile, writeCheckpoint } from "./checkpoint";
import { damageOf, recover } from "./damage";
import { whileLocked } from "./own-lock";
import { withoutPending, type Unheard } from "./pending";
import type { StatePlace } from "./place";
import { untilFree } from "./turn";

/** How long to wait before looking again where somebody else was quicker, in milliseconds. */
const AGAIN_MS = 200;

/**
 * Sees to it that an update can begin: waits for one that runs, takes away what a killed one left, recovers a state
 * that can't be read.
 *
 * @param until the time to wait until, in milliseconds since the epoch
 * @throws UserError if an update still runs by then, or the state can't be recovered
 */
export async function settle(place: StatePlace, unheard: Unheard, until: number, say: Say): Promise<void> {
  do await untilFree(place, until, say);
  while (
    needsMending(place) &&
    !whileLocked(place.locks, () => mend(place, unheard, say)) &&
    (await again())
  );
}

function needsMending(place: StatePlace): boolean {
  if (damageOf(place) !== undefined) return true;
  const file = stateFile(place);
  return file !== undefined && readCheckpoint(file).checkpoint.latest?.pending_operations !== undefined;
}

function mend(place: StatePlace, unheard: Unheard, say: Say): void {
  for (let damage; (damage = damageOf(place)) !== undefined;) recover(place, damage, say);
  const file = stateFile(place);
  if (file === undefined) return;
  const { checkpoint, ...rest } = readCheckpoint(file);
  if (checkpoint.latest?.pending_operations === undefined) return;
  writeCheckpoint(file, {
    ...rest,
    checkpoint: { ...checkpoint, latest: withoutPending(checkpoint.latest, unheard) },
  });
}

/** Not all at the same moment. */
async function again(): Promise<true> {
  await sleep(AGAIN_MS * (1 + Math.random()));
  return true;
}
