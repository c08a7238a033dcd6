import type { Journal } from "./journal";
import type { Palette } from "./palette";
import type { Answer, Pod } from "./pod";

/** How a pod is doing as far as its answers tell: `quiet` is one that should have answered by now. */
export type State = "live" | "draining" | "quiet";

/** A pod that has answered and isn't gone. */
export interface Member {
  readonly colour: number;
  pod: Pod;
  state: State;
  answer: Answer;
  /** How many connections the load balancer has placed since this pod had one. */
  missed: number;
}

/** Pods met in the first milliseconds were there before. */
const FINDING_MS = 5000;
/**
 * A pod among n that gets its turn by chance misses 12·n connections in a row once in 160 000 times. Waiting in
 * connections rather than in seconds is right at every rate, and in a tab whose timers the browser slows down.
 */
const QUIET_AFTER = 12;
const GONE_AFTER = 16;
/** Grey for at least this long before it goes, in milliseconds: an eye has to see it. */
const GREY_MS = 3000;

/** The pods behind the load balancer, as their answers tell. */
export class Fleet {
  readonly members = new Map<string, Member>();
  readonly #journal: Journal;
  readonly #palette: Palette;
  #began: number | undefined;

  constructor(journal: Journal, palette: Palette) {
    this.#journal = journal;
    this.#palette = palette;
  }

  /** Learns from an answer. Returns the member that has given it. */
  learn(answer: Answer): Member {
    const { pod, at } = answer;
    this.#began ??= at;
    if (answer.last) for (const member of this.members.values()) member.missed++;
    const known = this.members.get(pod.name);
    if (known && known.pod.version !== pod.version) this.#farewell(known, at);
    if (known?.pod.version !== pod.version) return this.#welcome(answer);
    if (known.pod.startedAt < pod.startedAt) this.#journal.add("restarted", at, pod.name, known.colour);
    const state = answer.draining ? "draining" : "live";
    return Object.assign(known, { pod, state, answer, missed: 0 });
  }

  /** Looks for pods that no longer answer. A tab calls it now and then. */
  review(now: number): void {
    const live = [...this.members.values()].filter(({ state }) => state === "live").length;
    const turns = Math.max(1, live);
    for (const member of this.members.values()) {
      const draining = member.state === "draining";
      if (!draining && member.missed > QUIET_AFTER * turns) member.state = "quiet";
      const enough = draining ? turns : GONE_AFTER * turns;
      const seen = now - member.answer.at > GREY_MS;
      if (member.state !== "live" && seen && member.missed > enough) this.#farewell(member, now);
    }
  }

  #welcome(answer: Answer): Member {
    const { pod, at } = answer;
    const finding = at - (this.#began ?? at) < FINDING_MS;
    const first = !this.#has(pod.version);
    const colour = this.#palette.of(pod.version);
    const member: Member = { colour, pod, state: "live", answer, missed: 0 };
    this.members.set(pod.name, member);
    if (first && !finding) this.#journal.add("release", at, pod.version, colour);
    this.#journal.add(finding ? "found" : "appeared", at, pod.name, colour);
    return member;
  }

  #farewell({ pod, colour }: Member, now: number): void {
    this.members.delete(pod.name);
    this.#journal.add("gone", now, pod.name, colour);
    if (this.#has(pod.version)) return;
    this.#journal.add("release-gone", now, pod.version, colour);
    this.#palette.free(pod.version);
  }

  #has(version: string): boolean {
    return [...this.members.values()].some(({ pod }) => pod.version === version);
  }
}
