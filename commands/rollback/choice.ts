import { UserError } from "../../common/problem";
import { activePin, type Pin } from "../../cluster/releases/pin";
import type { Release } from "../releases/list";

/** What the choice of a release to go back to depends on. */
export interface Situation {
  readonly releases: readonly Release[];
  /** The tag of the code. */
  readonly code: string;
  /** The earlier rollback that the stack's config records. */
  readonly pin: Pin | undefined;
  /** The tag of the release that config pins the track to, if it does. */
  readonly pinned?: string | undefined;
}

/**
 * Chooses the release with a tag; without a tag, the one before the release that the Deployment wants. If that one
 * failed or still rolls out, this is the release that serves.
 *
 * @throws UserError if there is none
 */
export function chooseRelease(situation: Situation, tag: string | undefined): Release {
  const found = tag === undefined ? oneBack(situation) : situation.releases.find((each) => each.tag === tag);
  if (found === undefined) throw tag === undefined ? nothingBefore(situation) : unknown(situation, tag);
  if (!found.image && found.tag !== situation.code) throw gone(situation, found);
  return found;
}

/** Whether a release serves, and both the cluster and the stack want it to. */
export function isThere({ releases, code, pin, pinned }: Situation, release: Release): boolean {
  const meant = pinned ?? activePin(code, pin)?.to ?? code;
  return release.serves && wantedOf(releases) === release && meant === release.tag;
}

/** The release that the Deployment wants: the one of its newest revision. */
function wantedOf(releases: readonly Release[]): Release | undefined {
  const newest = Math.max(...releases.flatMap(({ revisions }) => revisions));
  return releases.find(({ revisions }) => revisions.includes(newest));
}

/**
 * Going back to a release gives it a new, higher revision number. After a rollback, the place of the serving release is
 * therefore its number from before the release that was rolled back, so that the next rollback goes further back. What
 * was rolled back before a track was pinned isn't known: the place is then the lowest number.
 */
function oneBack({ releases, code, pin, pinned }: Situation): Release | undefined {
  const serving = releases.find(({ serves }) => serves);
  if (serving !== undefined && serving !== wantedOf(releases)) return serving;
  const left = activePin(code, pin)?.from;
  const limit = Math.max(...(releases.find(({ tag }) => tag === left)?.revisions ?? [Infinity]));
  const lowest = Math.min(...(serving?.revisions ?? [limit]));
  const place = pinned === undefined ? (placeBelow(limit, serving) ?? limit) : lowest;
  return releases
    .filter(({ serves, ended, image, tag }) => !serves && ended !== "failed" && image && tag !== left)
    .map((release) => ({ release, place: placeBelow(place, release) ?? 0 }))
    .filter(({ place }) => place > 0)
    .sort((a, b) => b.place - a.place)[0]?.release;
}

function placeBelow(limit: number, release: Release | undefined): number | undefined {
  return release?.revisions.find((number) => number < limit);
}

function nothingBefore({ releases }: Situation): UserError {
  const serving = releases.find(({ serves }) => serves)?.tag ?? "none";
  return new UserError({
    what: `There is no release to go back to: ${serving} serves, and none before it succeeded and has its image`,
    where: "npm run releases",
    todo: "fix the code, then npm run up; or npm run rollback -- --to TAG, if you know better",
  });
}

function unknown({ releases }: Situation, tag: string): UserError {
  return new UserError({
    what: `There is no release ${tag}`,
    allowed: tagsToGoTo(releases),
    todo: "npm run releases, which tells more of each",
  });
}

function gone({ releases }: Situation, { tag }: Release): UserError {
  return new UserError({
    what: `The image of release ${tag} is gone: only those of the last releases are kept`,
    allowed: tagsToGoTo(releases),
    todo: "check that code out, then npm run up, which builds it again",
  });
}

function tagsToGoTo(releases: readonly Release[]): string {
  const tags = releases.filter(({ image, serves }) => image && !serves).map(({ tag }) => tag);
  return tags.length > 0 ? tags.join(", ") : "none: there is only the one that serves";
}
