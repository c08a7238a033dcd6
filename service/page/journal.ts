/** What can happen to a fleet. `found` is what was there already when the page began to look. */
export type Kind = "found" | "appeared" | "restarted" | "gone" | "release" | "release-gone" | "lost" | "back";

/** Something that has happened: to one pod or release, or to several pods at nearly the same time. */
export interface Happening {
  readonly kind: Kind;
  readonly at: number;
  readonly subject: string;
  readonly colour?: number | undefined;
  count: number;
}

/** What happens to several pods within this time, in milliseconds, is one happening. */
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

/** The last things that have happened, oldest first. */
export class Journal {
  readonly happenings: Happening[] = [];

  add(kind: Kind, at: number, subject: string, colour?: number): void {
    const same = this.happenings.findLast((one) => one.kind === kind && at - one.at < TOGETHER_MS);
    const several = kind === "found" || kind === "appeared" || kind === "restarted" || kind === "gone";
    if (same && several && same.colour === colour) same.count++;
    else this.happenings.push({ kind, at, subject, colour, count: 1 });
    if (this.happenings.length > KEPT) this.happenings.shift();
  }
}

/** A happening in words. */
export function sentence({ kind, subject, count }: Happening): string {
  return sentences[kind](subject, count);
}

function pods(name: string, count: number): string {
  return count === 1 ? `Pod ${name}` : `${count} pods`;
}
