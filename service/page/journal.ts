/** A kind of event. `found` pods were there before the page was opened. */
export type Kind = "found" | "appeared" | "restarted" | "gone" | "release" | "release-gone" | "lost" | "back";

/** An event of one pod or release, or of several pods at nearly the same time. */
export interface FleetEvent {
  readonly kind: Kind;
  readonly at: number;
  readonly subject: string;
  readonly colour?: number | undefined;
  count: number;
}

/** In milliseconds. Events of the same kind within this time are shown as one. */
const TOGETHER_MS = 4000;
const KEPT = 100;

const sentences: Readonly<Record<Kind, (subject: string, count: number) => string>> = {
  found: (pod, count) => `${pods(pod, count)} found`,
  appeared: (pod, count) => `${pods(pod, count)} appeared`,
  restarted: (pod, count) => `${pods(pod, count)} restarted`,
  gone: (pod, count) => `${pods(pod, count)} gone`,
  release: (tag) => `Release ${tag} appeared`,
  "release-gone": (tag) => `Release ${tag} gone`,
  lost: (why) => `The service can’t be reached: ${why}`,
  back: () => "The service answers again",
};

/** The last events, oldest first. */
export class Journal {
  readonly events: FleetEvent[] = [];

  add(kind: Kind, at: number, subject: string, colour?: number): void {
    const same = this.events.findLast((one) => one.kind === kind && at - one.at < TOGETHER_MS);
    const several = kind === "found" || kind === "appeared" || kind === "restarted" || kind === "gone";
    if (same && several && same.colour === colour) same.count++;
    else this.events.push({ kind, at, subject, colour, count: 1 });
    if (this.events.length > KEPT) this.events.shift();
  }
}

/** An event in words. */
export function sentence({ kind, subject, count }: FleetEvent): string {
  return sentences[kind](subject, count);
}

function pods(name: string, count: number): string {
  return count === 1 ? `Pod ${name}` : `${count} pods`;
}
