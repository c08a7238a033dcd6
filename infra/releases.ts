import * as pulumi from "@pulumi/pulumi";
import { type Problem, UserError } from "../common/problem";
import type { ImageStore } from "../cluster/images/store";
import { STABLE, type Track, type Workload } from "../cluster/objects/workload";
import { activePin, pinNotice, type Pin, releaseFor } from "../cluster/releases/pin";
import { warn } from "./messages";

/** A track, the tag of the release that it runs, and the release's image. */
export interface TrackRelease {
  readonly track: Track;
  readonly release: string;
  readonly image: pulumi.Input<string>;
}

/**
 * The release of each track: the code's release, or the one to which config pins the track. Makes the images of pinned
 * releases available to the nodes, and warns if a rollback deploys another release than the code's.
 *
 * @param code the tag of the code's release
 * @throws {UserError} for every release without an image
 */
export async function releasesOf(
  { tracks }: Workload,
  code: string,
  rolledBack: Pin | undefined,
  store: ImageStore,
): Promise<{ readonly track: Track; readonly release: string }[]> {
  const releases = tracks.map((track) => ({ track, release: releaseFor(track, code, rolledBack) }));
  const earlier = releases.filter(({ release }) => release !== code);
  if (earlier.length === 0) return releases;
  const tags = [...new Set(earlier.map(({ release }) => release))];
  const there = await store.tags(tags);
  const missing = earlier.filter(({ release }) => !there.includes(release));
  if (missing.length > 0) {
    throw new UserError(...missing.map(({ track, release }) => gone(track, release)));
  }
  if (!pulumi.runtime.isDryRun()) {
    for (const tag of tags) await store.ensure(tag);
  }
  if (tracks.every(({ release }) => release !== undefined && release !== code)) {
    await warn(
      `The code is release ${code}, and no track runs it, because all of them are pinned. To deploy it: npm run up -- --track TRACK`,
    );
  }
  const pin = activePin(code, rolledBack);
  if (pin !== undefined) await warn(pinNotice(pin));
  return releases;
}

function gone({ name, release: pinned }: Track, release: string): Problem {
  const [key, flag] =
    pinned === undefined ? ["rolledBack", ""] : [`tracks.${name}.release`, ` --track ${name}`];
  return {
    what: `The image of release ${release} is gone.`,
    where: `stack config, key ${key}`,
    allowed: "a release that has its image: npm run releases",
    todo: `npm run rollback --${name === STABLE ? "" : flag} --to TAG, or npx pulumi config rm --path ${key}, which deploys the code`,
  };
}
