import { STABLE, type Track } from "../objects/workload";

/** A rollback: while the code is release `from`, release `to` is deployed instead. Both are tags. */
export interface Pin {
  readonly from: string;
  readonly to: string;
}

/** The rollback that applies to the code's release, if there is one. */
export function activePin(tag: string, pin: Pin | undefined): Pin | undefined {
  return pin?.from === tag ? pin : undefined;
}

/** The tag of the release that a track runs: the pinned one, the one that was rolled back to, or else the code's. */
export function releaseFor(track: Track, code: string, rolledBack: Pin | undefined): string {
  const pin = track.name === STABLE ? activePin(code, rolledBack) : undefined;
  return track.release ?? pin?.to ?? code;
}

/** Explains why another release than the code's is deployed. */
export function pinNotice({ from, to }: Pin): string {
  return `The code is release ${from}, which was rolled back: release ${to} is deployed instead, until the code changes. To deploy the code again: npx pulumi config rm rolledBack`;
}
