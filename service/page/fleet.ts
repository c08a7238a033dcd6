import type { Journal } from "./journal";
import type { Palette } from "./palette";
import type { Answer, Pod } from "./pod";

/** The state of a pod, derived from its answers. A `quiet` pod should have answered by now. */
export type State = "live" | "draining" | "quiet";

/** A pod of the fleet. */
export interface Member {
  readonly colour: number;
  pod: Pod;
  state: State;
  answer: Answer;
  /** How many connections have gone to other pods since this pod's last one. */
  missed: number;
}

/** In milliseconds. Pods that answer this soon after the page was opened were there before. */
const INITIAL_MS = 5000;
/**
 * In connections for each live pod. If the load balancer chooses at random among n pods, one misses 12·n connections in a
 * row once in 160 000 times. Connections are counted, not seconds, because the rate varies and browsers slow down timers.
 */
const QUIET_AFTER = 12;
const GONE_AFTER = 16;
/** In milliseconds. A pod stays grey for at least this long, so that a person sees it. */
const GREY_MS = 3000;

/** The pods behind the load balancer, derived from their answers. */
export class Fleet {
  readonly members = new Map<string, Member>();
  readonly #journal: Journal;
  readonly #palette: Palette;
  #firstAnswer: number | undefined;

  constructor(journal: Journal, palette: Palette) {
    this.#journal = journal;
    this.#palette = palette;
  }

  /** Updates the fleet from an answer. @returns the member that gave it */
  learn(answer: Answer): Member {
    const { pod, at } = answer;
    this.#firstAnswer ??= at;
    if (answer.last) for (const member of this.members.values()) member.missed++;
    const known = this.members.get(pod.name);
    if (known && known.pod.version !== pod.version) this.#remove(known, at);
    if (known?.pod.version !== pod.version) return this.#add(answer);
    if (known.pod.startedAt < pod.startedAt) this.#journal.add("restarted", at, pod.name, known.colour);
    const state = answer.draining ? "draining" : "live";
    return Object.assign(known, { pod, state, answer, missed: 0 });
  }

  /** Greys and removes pods that no longer answer. To be called regularly. */
  review(now: number): void {
    const live = [...this.members.values()].filter(({ state }) => state === "live").length;
    const turns = Math.max(1, live);
    for (const member of this.members.values()) {
      const draining = member.state === "draining";
      if (!draining && member.missed > QUIET_AFTER * turns) member.state = "quiet";
      const enough = draining ? turns : GONE_AFTER * turns;
      const seen = now - member.answer.at > GREY_MS;
      if (member.state !== "live" && seen && member.missed > enough) this.#remove(member, now);
    }
  }

  #add(answer: Answer): Member {
    const { pod, at } = answer;
    const isInitial = at - (this.#firstAnswer ?? at) < INITIAL_MS;
    const first = !this.#has(pod.version);
    const colour = this.#palette.of(pod.version);
    const member: Member = { colour, pod, state: "live", answer, missed: 0 };
    this.members.set(pod.name, member);
    if (first && !isInitial) this.#journal.add("release", at, pod.version, colour);
    this.#journal.add(isInitial ? "found" : "appeared", at, pod.name, colour);
    return member;
  }

  #remove({ pod, colour }: Member, now: number): void {
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
