import { UserError } from "../../common/problem";
import { activePin, type Pin } from "../../cluster/releases/pin";
import type { Release } from "../releases/list";

/** What the choice of a release depends on. */
export interface Situation {
  readonly releases: readonly Release[];
  /** The tag of the code. */
  readonly code: string;
  /** The earlier rollback that the stack's config records. */
  readonly pin: Pin | undefined;
  /** The tag of the release that config pins the track to, if any. */
  readonly pinned?: string | undefined;
}

/**
 * Chooses the release to go back to: the one with the tag, or else the one before the Deployment's newest release. If the
 * newest release failed or still rolls out, that is the release that serves.
 *
 * @throws UserError if there is no such release
 */
export function chooseRelease(situation: Situation, tag: string | undefined): Release {
  const found =
    tag === undefined ? previousRelease(situation) : situation.releases.find((each) => each.tag === tag);
  if (found === undefined)
    throw tag === undefined ? noPreviousRelease(situation) : unknownRelease(situation, tag);
  if (!found.image && found.tag !== situation.code) throw imageGone(situation, found);
  return found;
}

/** Whether a release serves, and is what both the Deployment and the stack want. */
export function isServing({ releases, code, pin, pinned }: Situation, release: Release): boolean {
  const configured = pinned ?? activePin(code, pin)?.to ?? code;
  return release.serves && newestOf(releases) === release && configured === release.tag;
}

/** The release of the Deployment's newest revision. */
function newestOf(releases: readonly Release[]): Release | undefined {
  const newest = Math.max(...releases.flatMap(({ revisions }) => revisions));
  return releases.find(({ revisions }) => revisions.includes(newest));
}

/**
 * Releases are ordered by revision number. A rollback gives a release a new, higher number. After a rollback, the serving
 * release therefore counts with its highest number below that of the release that was rolled back: the next rollback goes
 * further back. For a pinned track, that release is unknown, and the serving release counts with its lowest number.
 */
function previousRelease({ releases, code, pin, pinned }: Situation): Release | undefined {
  const serving = releases.find(({ serves }) => serves);
  if (serving !== undefined && serving !== newestOf(releases)) return serving;
  const rolledBack = activePin(code, pin)?.from;
  const limit = Math.max(...(releases.find(({ tag }) => tag === rolledBack)?.revisions ?? [Infinity]));
  const lowest = Math.min(...(serving?.revisions ?? [limit]));
  const place = pinned === undefined ? (numberBelow(limit, serving) ?? limit) : lowest;
  return releases
    .filter(({ serves, ended, image, tag }) => !serves && ended !== "failed" && image && tag !== rolledBack)
    .map((release) => ({ release, place: numberBelow(place, release) ?? 0 }))
    .filter(({ place }) => place > 0)
    .sort((a, b) => b.place - a.place)[0]?.release;
}

/** A release's highest revision number below a limit. */
function numberBelow(limit: number, release: Release | undefined): number | undefined {
  return release?.revisions.find((number) => number < limit);
}

function noPreviousRelease({ releases }: Situation): UserError {
  const serving = releases.find(({ serves }) => serves)?.tag ?? "none";
  return new UserError({
    what: `There is no release to go back to: ${serving} serves, and no earlier one has both succeeded and kept its image`,
    where: "npm run releases",
    todo: "fix the code, then npm run up; or npm run rollback -- --to TAG, for a release of your choice",
  });
}

function unknownRelease({ releases }: Situation, tag: string): UserError {
  return new UserError({
    what: `There is no release ${tag}`,
    allowed: tagsToGoTo(releases),
    todo: "npm run releases, which lists them",
  });
}

function imageGone({ releases }: Situation, { tag }: Release): UserError {
  return new UserError({
    what: `The image of release ${tag} is gone: only those of the last releases are kept`,
    allowed: tagsToGoTo(releases),
    todo: "check out its code, then npm run up, which builds it again",
  });
}

function tagsToGoTo(releases: readonly Release[]): string {
  const tags = releases.filter(({ image, serves }) => image && !serves).map(({ tag }) => tag);
  return tags.length > 0 ? tags.join(", ") : "none: only the release that serves has an image";
}
