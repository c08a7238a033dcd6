import fc from "fast-check";
import { attack, type Attack } from "./attack";
import { bodies } from "./bodies";
import { connections } from "./connections";
import { headers } from "./headers";
import type { Kind } from "./kind";
import { paths } from "./paths";
import { requestLines } from "./request-lines";

/** All kinds but the slow ones. */
export const kinds: readonly Kind[] = [...requestLines, ...headers, ...bodies, ...paths, ...connections];

/** How many at a time. */
const CONCURRENCY = 40;

/** How long an attack may take, in milliseconds. None of these is slow: the time is for a busy machine. */
const PATIENCE_MS = 8_000;

/** So many attacks, equally many of each kind, in turn. The same seed gives the same attacks. */
export function attacks(count: number, seed: number): { kind: Kind; attack: Attack }[] {
  const numRuns = Math.ceil(count / kinds.length);
  const samples = kinds.map((kind) => fc.sample(kind.attacks, { numRuns, seed }));
  return Array.from({ length: numRuns }, (_, turn) =>
    kinds.map((kind, index) => ({ kind, attack: samples[index]![turn]! })),
  ).flat();
}

/**
 * Attacks a port.
 *
 * @param unknown whether the port serves none of the paths, so that it may always answer 404
 * @returns the unexpected outcomes, a line for each attack
 */
export async function fightOff(
  count: number,
  seed: number,
  port: number,
  unknown = false,
): Promise<string[]> {
  const all = attacks(count, seed).entries(); // which all fighters take from
  const wrong: string[] = [];
  const fighter = async () => {
    for (const [index, { kind, attack: one }] of all) {
      const { statuses, endedMs } = await attack(port, one, PATIENCE_MS);
      const unexpected = statuses.filter(
        (status) => !kind.allowed.includes(status) && !(unknown && status === 404),
      );
      if (unexpected.length === 0 && endedMs !== undefined) continue;
      const what = endedMs === undefined ? "was not ended" : `answered ${unexpected.join(", ")}`;
      wrong.push(
        `${kind.name}: ${what}; seed ${seed}, number ${index}: ${JSON.stringify(one).slice(0, 300)}`,
      );
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, fighter));
  return wrong;
}
