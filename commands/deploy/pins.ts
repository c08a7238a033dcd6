import type { Stack } from "@pulumi/pulumi/automation";
import { STABLE, workloadOf } from "../../cluster/objects/workload";
import type { Pin } from "../../cluster/releases/pin";
import { readRollouts, serving } from "../../cluster/releases/rollout";
import type { Config } from "../../infra/config";
import { readConfig } from "../state/stack";
import type { Deployable } from "./deployable";

/** Which release a track is to run. */
export interface Choice {
  readonly track: string;
  /** The release's tag; undefined for the release of the code. */
  readonly release: string | undefined;
}

/** Records the rollback of a stack without tracks in its config, until the code changes. @returns the new config */
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
 * Pins a track to a release. Pins every other track to the release that it serves, so that it doesn't get the code of the
 * checkout as well. A track that serves nothing yet isn't pinned.
 *
 * @param code another track that serves this release isn't pinned either
 * @returns the new config
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

/** Sets the releases in a stack's config back to those of an earlier config. */
export async function restorePins(stack: Stack, before: Config): Promise<void> {
  const { tracks } = await readConfig(stack);
  for (const { name, release } of before.tracks) {
    if (tracks.find((track) => track.name === name)?.release !== release)
      await setRelease(stack, name, release);
  }
  await setRolledBack(stack, before.rolledBack);
}

/** Whether the config has tracks. A stack without them has one that isn't pinned. */
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
  // One string: with a path, Pulumi would read a tag of only digits as a number.
  else await stack.setConfig(key, { value: JSON.stringify({ from: pin.from, to: pin.to }) });
}
