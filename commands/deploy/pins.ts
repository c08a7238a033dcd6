import type { Stack } from "@pulumi/pulumi/automation";
import { STABLE, workloadOf } from "../../cluster/objects/workload";
import type { Pin } from "../../cluster/releases/pin";
import { readRollouts, serving } from "../../cluster/releases/rollout";
import type { Config } from "../../infra/config";
import { readConfig } from "../state/stack";
import type { Deployable } from "./guard";

/** The release that a track is to run. Both are tags; without a release, it is the code's. */
export interface Choice {
  readonly track: string;
  readonly release: string | undefined;
}

/** Notes a rollback of a stack without tracks. It ends once the code changes. @returns the config with it */
export async function rollBackStack(
  { stack, config }: Deployable,
  { release }: Choice,
  code: string,
): Promise<Config> {
  const rolledBack = release === undefined ? undefined : { from: code, to: release };
  await setRolledBack(stack, rolledBack);
  return { ...config, rolledBack };
}

/**
 * Pins a track to a release, and every other track that isn't pinned to the release that it serves: otherwise, it would
 * get the code of the checkout as well. A track that serves nothing yet does get it.
 *
 * @param code another track that serves this release follows the code as before
 * @returns the config with the pins
 */
export async function pinTracks(
  { stack, config, cluster: { api } }: Deployable,
  { track, release }: Choice,
  code?: string,
): Promise<Config> {
  for (const { track: other, rollout } of await readRollouts(api.apis, workloadOf(config))) {
    const serves = (serving(rollout) ?? rollout.current)?.release;
    const follows = other.release === undefined && serves !== code;
    if (follows && other.name !== track) await pin(stack, other.name, serves);
  }
  await pin(stack, track, release);
  return readConfig(stack);
}

/** Puts the releases in a stack's config back to what they were. */
export async function restorePins(stack: Stack, before: Config): Promise<void> {
  const { tracks } = await readConfig(stack);
  for (const { name, release } of before.tracks) {
    if (tracks.find((track) => track.name === name)?.release !== release)
      await setRelease(stack, name, release);
  }
  await setRolledBack(stack, before.rolledBack);
}

/** Whether config has tracks, and not just what a stack without tracks is. */
export function hasTracks({ tracks }: Config): boolean {
  return tracks.length > 1 || tracks[0].release !== undefined;
}

async function pin(stack: Stack, track: string, release: string | undefined): Promise<void> {
  if (track === STABLE) await setRolledBack(stack, undefined);
  await setRelease(stack, track, release);
}

async function setRelease(stack: Stack, track: string, release: string | undefined): Promise<void> {
  const key = `tracks.${track}.release`;
  if (release === undefined) await stack.removeConfig(key, true);
  else await stack.setConfig(key, { value: release }, true);
}

async function setRolledBack(stack: Stack, pin: Pin | undefined): Promise<void> {
  const key = "rolledBack";
  if (pin === undefined) await stack.removeConfig(key);
  // As one text: with a path, Pulumi takes a tag of digits only for a number.
  else await stack.setConfig(key, { value: JSON.stringify({ from: pin.from, to: pin.to }) });
}
